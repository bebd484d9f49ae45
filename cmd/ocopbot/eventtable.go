package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// columnKeys are the keys of an event by what the columns of a table are called
// in an office, without accents; the keys themselves are as good.
var columnKeys = map[string]string{
	"ma": "code", "loai": "kind", "ten": "title", "ten su kien": "title", "noi to chuc": "place", "dia diem": "place",
	"bat dau": "from", "tu ngay": "from", "ket thuc": "to", "den ngay": "to", "han dang ky": "deadline", "so cho": "seats",
	"gian hang": "stalls", "so gian hang": "stalls", "can mang": "bring", "lien he": "contact", "don vi": "unit", "danh cho": "rule",
	"xet chon": "select", "gioi han": "quotas", "anh": "picture",
}

// kindWords are the kinds of gatherings as they are called in an office.
var kindWords = map[string]storage.GatheringKind{
	"hoi cho": storage.Fair, "hoi nghi": storage.Conference, "hoi nghi ket noi cung cau": storage.Conference, "doi thoai": storage.Dialogue,
	"tap huan": storage.Training, "tham quan": storage.StudyTour, "tham quan hoc tap": storage.StudyTour, "khac": storage.Other,
}

// kindNamed is the kind of a word, which stays what it is if it is none.
func kindNamed(text string) storage.GatheringKind {
	if k, ok := kindWords[viet.Fold(text)]; ok {
		return k
	}
	return storage.GatheringKind(text)
}

// tableText is a table's text in UTF-8: Excel saves CSV with a mark at the
// beginning, as UTF-16, or in the Windows code page for Vietnamese.
func tableText(data []byte) ([]byte, error) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		data, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = charmap.Windows1258.NewDecoder().Bytes(data)
		data = norm.NFC.Bytes(data) // the code page has tones apart from their letters
	}
	return bytes.TrimPrefix(data, []byte("\uFEFF")), err
}

// tableNodes reads a table, CSV with commas, semicolons or tabs: its first row
// names the keys, and each row below is an event. They come as a YAML file's, and
// know their lines.
func tableNodes(data []byte) ([]*yaml.Node, error) {
	text, err := tableText(data)
	if err != nil {
		return nil, fmt.Errorf("neither UTF-8 nor Windows-1258: %w", err)
	}
	head, _, _ := bytes.Cut(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	for _, sign := range []rune{'\t', ';'} {
		if bytes.Count(head, []byte(string(sign))) > bytes.Count(head, []byte(string(r.Comma))) {
			r.Comma = sign
		}
	}
	var keys []string
	var nodes []*yaml.Node
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		if keys == nil {
			for _, c := range cells {
				key := strings.ToLower(strings.TrimSpace(c))
				if k, ok := columnKeys[viet.Fold(key)]; ok {
					key = k
				}
				keys = append(keys, key)
			}
			continue
		}
		if n := rowNode(r, keys, cells); n != nil {
			nodes = append(nodes, n)
		}
	}
}

// rowNode is one row; nil: it is empty. A cell in a column without a name is
// under its own text, which is no key.
func rowNode(r *csv.Reader, keys, cells []string) *yaml.Node {
	line, _ := r.FieldPos(0)
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: line}
	for i, c := range cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		key := c
		if i < len(keys) {
			key = keys[i]
		}
		if key == "select" {
			c = fmt.Sprint(slices.Contains([]string{"co", "x", "1", "yes", "true"}, viet.Fold(c)))
		}
		at, _ := r.FieldPos(i)
		n.Content = append(n.Content,
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: at}, &yaml.Node{Kind: yaml.ScalarNode, Value: c, Line: at})
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}
