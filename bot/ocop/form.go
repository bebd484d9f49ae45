package ocop

import (
	"slices"
	"time"
)

// ProducerType is what sort of producer registers an idea.
type ProducerType struct {
	Rule
	ID      string
	Title   Text
	Counsel Text // whom to see first; empty where nothing is missing
}

// Ids of producer types on which a dialog depends.
const (
	Enterprise   = "enterprise"
	Cooperative  = "cooperative"
	WorkingGroup = "group"
	Household    = "household"    // registered household business
	Unregistered = "unregistered" // not registered yet: an answer, not a refusal
)

// Name is the type's title in a language.
func (t ProducerType) Name(lang string) string { return t.Title.In(lang) }

// Advice is whom such a producer should see, in a language; it may be empty.
func (t ProducerType) Advice(lang string) string { return t.Counsel.In(lang) }

func (t ProducerType) id() string { return t.ID }

// ProducerType finds a type by its id.
func (p *Programme) ProducerType(id string) (ProducerType, bool) { return latest(p.producers, id) }

// ProducerTypesAt are the types offered at a moment.
func (p *Programme) ProducerTypesAt(at time.Time) []ProducerType { return holding(p.producers, at) }

// FormItem is one item of the idea form that may be filled in later.
type FormItem struct {
	Rule
	ID      string // "a" … "i", "novelty"
	Mark    string // as printed on the paper form: "đ", "03"
	Title   Text   // as printed
	Explain Text   // what to write, in plain words with an example
}

// Name is the item's printed title in a language.
func (i FormItem) Name(lang string) string { return i.Title.In(lang) }

// Hint says in plain words what to write.
func (i FormItem) Hint(lang string) string { return i.Explain.In(lang) }

func (i FormItem) id() string { return i.ID }

// FormItem finds an item by its id.
func (p *Programme) FormItem(id string) (FormItem, bool) { return latest(p.form, id) }

// FormItemsAt are the items of the form at a moment, in its order.
func (p *Programme) FormItemsAt(at time.Time) []FormItem { return holding(p.form, at) }

// Step is one of the six steps of the yearly cycle.
type Step struct {
	Rule
	Number int // 1 … 6
	Title  Text
	Stages []Stage // the stages of an idea that belong to it
}

// Name is the step's title in a language.
func (s Step) Name(lang string) string { return s.Title.In(lang) }

// StepsAt are the steps of the cycle at a moment.
func (p *Programme) StepsAt(at time.Time) []Step { return holding(p.steps, at) }

// StepOf is the step in which an idea of a stage is; false for a stage
// outside the cycle (withdrawn, revoked).
func (p *Programme) StepOf(stage Stage) (Step, bool) {
	for i := len(p.steps) - 1; i >= 0; i-- {
		for _, s := range p.steps[i].Stages {
			if s == stage {
				return p.steps[i], true
			}
		}
	}
	return Step{}, false
}

// DossierItem is one paper of the evaluation dossier.
type DossierItem struct {
	Rule
	ID        string
	Title     Text
	Required  bool     // of every product; the others as the product needs
	Form      string   // number of the printed form, if there is one
	NotGroups []string // groups of which it is not asked
}

// Name is the paper's title in a language.
func (d DossierItem) Name(lang string) string { return d.Title.In(lang) }

func (d DossierItem) id() string { return d.ID }

// DossierAt is the dossier of a product of a group at a moment; an empty
// group asks for all papers.
func (p *Programme) DossierAt(group string, at time.Time) []DossierItem {
	var ds []DossierItem
	for _, d := range holding(p.dossier, at) {
		if !contains(d.NotGroups, group) {
			ds = append(ds, d)
		}
	}
	return ds
}

// Contact is one entry of "Hỏi ai": who answers for what.
type Contact struct {
	Rule
	ID    string
	Topic Text // what people ask about
	Who   Text // the office
	For   Text // what it does for them

	words [][]word // what a question about it has in it
}

func (c Contact) id() string { return c.ID }

// Contact finds an entry by its id.
func (p *Programme) Contact(id string) (Contact, bool) { return latest(p.directory, id) }

// DirectoryAt is who answers for what at a moment.
func (p *Programme) DirectoryAt(at time.Time) []Contact { return holding(p.directory, at) }

// Answering finds who answers a question, by the words in it.
func (p *Programme) Answering(question string, at time.Time) (found []Contact) {
	asked, _ := words(question)
	for _, c := range p.DirectoryAt(at) {
		if slices.ContainsFunc(c.words, func(phrase []word) bool { return within(asked, phrase) }) {
			found = append(found, c)
		}
	}
	return found
}

// within tells whether a phrase stands in a text.
func within(text, phrase []word) bool {
	for i := 0; i+len(phrase) <= len(text); i++ {
		if slices.EqualFunc(phrase, text[i:i+len(phrase)], word.fits) {
			return true
		}
	}
	return false
}

// Target is one figure of the plan that the province tracks.
type Target struct {
	Rule
	ID    string
	Title Text
	Short Text // a few words, for charts and lists
	Unit  Text // what is counted
	Min   int64
	Max   int64 // of a range; Min otherwise
}

func (t Target) id() string { return t.ID }

// Name is the target's title in a language.
func (t Target) Name(lang string) string { return t.Title.In(lang) }

// Target finds a target by its id.
func (p *Programme) Target(id string) (Target, bool) { return latest(p.targets, id) }

// Ids of the targets whose figures follow from the records.
const (
	TargetThreeStars    = "three-stars"
	TargetFiveStars     = "five-stars"
	TargetOrganisations = "organisations"
)

// Targets are the plan's figures.
func (p *Programme) Targets() []Target { return p.targets }

func contains(all []string, s string) bool {
	for _, a := range all {
		if a == s {
			return true
		}
	}
	return false
}
