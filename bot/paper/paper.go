// Package paper makes documents: letters and forms as PDF and DOCX, lists as
// XLSX, pictures of progress and codes to scan as PNG. Plain values go in,
// bytes come out.
//
// It reads no record, sends nothing and words nothing: whoever asks for a
// document says what stands in it. Letters are laid out by NĐ 30/2020/NĐ-CP,
// phụ lục I.
package paper

import (
	"time"

	"ocopbot/bot/ocop"
)

// The types of what is made, as a message names them.
const (
	PDF  = "application/pdf"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PNG  = "image/png"
)

// wall is a moment as the clock on the wall in Vietnam shows it, in UTC: what
// formats without time zones hold.
func wall(t time.Time) time.Time {
	t = t.In(ocop.Local)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
