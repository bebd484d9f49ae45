package ocop

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads a programme file. One with mistakes is refused with a
// *FileError that lists them all, each with its line; name is what the error
// calls the file.
func Parse(name string, data []byte) (*Programme, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, &FileError{Name: name, Problems: []Problem{yamlProblem(err)}}
	}
	if len(doc.Content) == 0 {
		return nil, &FileError{Name: name, Problems: []Problem{{1, "the file is empty"}}}
	}
	r := &reader{sources: map[string]string{}}
	p := &Programme{sources: r.sources, levelNames: map[string]Text{}}
	o := r.object(doc.Content[0])
	also := p.readHead(o)
	p.readUnits(o)
	p.readGroups(o)
	p.readScores(o)
	p.readForm(o)
	p.readOffices(o)
	p.readCalendar(o)
	p.readLadder(o)
	p.readReports(o)
	p.readObligations(o)
	o.done()
	if err := r.fail(name); err != nil {
		return nil, err
	}
	p.indexNames(also)
	return p, nil
}

// yamlProblem takes the line out of what the YAML library says.
func yamlProblem(err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	return Problem{line, text}
}

func (p *Programme) readHead(o *object) (also map[string][]string) {
	p.Code, p.Title, p.Ended = o.text("code"), o.both("title"), o.date("ended")
	if n := o.need("prefix"); n != nil {
		if p.Prefix = n.Value; p.Prefix == "" || len(p.Prefix) > longestPrefix || !all(p.Prefix, isUpper) {
			o.wrong(n.Line, "prefix: one to %d letters A–Z", longestPrefix)
		}
		if p.Prefix == ReportPrefix {
			o.wrong(n.Line, "prefix: %s is of reports' numbers", ReportPrefix)
		}
	}
	if n := o.need("sources"); n != nil {
		s := o.object(n)
		for id, v := range s.fields {
			o.sources[id] = o.scalar(v)
		}
	}
	also = map[string][]string{}
	if n := o.take("other_names"); n != nil {
		for code, v := range o.object(n).fields {
			also[code] = o.textsOf(v)
		}
	}
	return also
}
