// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
)

// tells fails unless a text has all of what is wanted.
func (b *bench) tells(out string, want ...string) {
	b.t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			b.t.Errorf("%q is not in:\n%s", w, out)
		}
	}
}

// refused runs a verb that must fail, and returns what it said.
func (b *bench) refused(name string, args ...string) string {
	b.t.Helper()
	out, code := b.try(b.now, name, "", args...)
	if code == 0 {
		b.t.Fatalf("%s: desk %s: was let in\n%s", name, strings.Join(args, " "), out)
	}
	return out
}

// until lets hours pass until a desk shows what is wanted: when a desk writes is drawn by
// chance.
func (b *bench) until(want, name string, args ...string) string {
	b.t.Helper()
	for range 40 {
		b.pass(1, "anna", "boris")
		if out, _ := b.try(b.now, name, "", args...); strings.Contains(out, want) {
			return out
		}
	}
	b.t.Fatalf("%s never shows %q", name, want)
	return ""
}

// TestTwoDesksShareARegister: Anna marks a claim in a letter, Boris enters who repeats it,
// both count its origins; two who set one field at once are asked; nobody signs twice.
func TestTwoDesksShareARegister(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	b.clock = b.clock.Add(2500 * time.Second) // near the end of an hour, when most has been written
	b.pass(2, "anna", "boris")
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "I was on duty, and saw that eleven boxes of duty logs were carried out.", b.now())
	b.pass(2, "anna", "boris")
	l := listOf(t, b.desk("anna", "", "list", "--json"))[0]
	id := l.ID.Short()

	b.tells(b.desk("anna", "", "case", "new", "--name", "the archive (invented)"), "has its name now")
	b.tells(b.desk("anna", "", "case", "mark", "--letter", id, "--quote", "eleven boxes of duty logs were carried out",
		"--text", "Eleven boxes of duty logs were carried out.", "--kind", "quantity", "--speaker", "a clerk (invented)",
		"--id", "boxes", "--document", "letter-1", "--title", "letter 1", "--held", "yes", "--basis", "witnessed"), "claim boxes: Eleven boxes", "1 origin")
	b.tells(b.refused("anna", "case", "mark", "--letter", id, "--quote", "on duty", "--kind", "state", "--speaker", "a clerk (invented)", "--document", "letter-2"), "stands in the register as letter-1 already")
	b.tells(b.refused("anna", "case", "set", "boxes", "note=as "+l.From+" says"), "this desk's own name for a sender")
	b.tells(b.refused("anna", "case", "set", "boxes", "topic=x", "--by", "boris"), "this desk is Anna's, and signs for nobody else")

	said := b.until("a clerk", "boris", "case", "list", "utterance")
	heard := regexp.MustCompile(`(?m)^(\w+)  a clerk`).FindStringSubmatch(said)
	b.tells(b.desk("boris", "", "case", "mark", "--letter", id, "--quote", "I was on duty", "--kind", "state", "--speaker", "a clerk (invented)", "--id", "duty"), "claim duty")
	b.desk("boris", "", "case", "add", "party", "kind=outlet", "label=The Tide", "--id", "tide")
	b.desk("boris", "", "case", "add", "utterance", "speaker=tide", "claims=boxes", "relays="+heard[1], "--id", "retold")
	b.desk("boris", "", "case", "set", "boxes", "exposure=<=100")
	b.desk("anna", "", "case", "set", "boxes", "exposure=more")
	for _, name := range []string{"anna", "boris"} {
		b.tells(b.until("choose    boxes: exposure is", name, "case", "check"), `"more" (Anna, `, `"<=100" (Boris, `)
		b.tells(b.desk(name, "", "case", "show", "boxes"), "1 origin behind 1 document", "The Tide")
		b.tells(b.desk(name, "", "choices"), "claim boxes of the register, exposure:")
	}
	b.desk("boris", "", "case", "set", "boxes", "exposure=more")

	b.desk("anna", "", "case", "add", "publication", "channels=site", "--id", "page")
	hash := regexp.MustCompile(`its hash: (\w+)`).FindStringSubmatch(b.desk("anna", "", "case", "show", "page"))[1]
	sign := []string{"case", "add", "sign_off", "object=page", "object_hash=" + hash, "decision=approve"}
	b.desk("anna", "", sign...)
	b.desk("anna", "", sign...)
	b.tells(b.refused("anna", append(sign, "person=Boris")...), "it names Boris as who did this; everybody signs for themselves")
	release := []string{"case", "set", "page", "released=2027-07-02"}
	b.tells(b.refused("anna", release...), "two different people sign off", "and 1 did")
	b.until("approve", "boris", "case", "list", "sign_off", "--json")
	b.desk("boris", "", sign...)
	b.desk("boris", "", release...)
	b.tells(b.desk("boris", "", "case", "list", "sign_off", "--json"), `"person": "Anna"`, `"person": "Boris"`)
	b.until("released: 2027-07-02", "anna", "case", "show", "page")
	shows := b.desk("anna", "", "case", "check", "--json")
	if other := b.desk("boris", "", "case", "check", "--json"); other != shows || !strings.Contains(shows, `"conflicts": null`) {
		t.Errorf("Anna sees\n%s\nand Boris\n%s", shows, other)
	}
	b.printsFromTheRegister()
	b.everyVerb()
}

// printsFromTheRegister makes an edition with a statement of the desk's own register.
func (b *bench) printsFromTheRegister() {
	b.t.Helper()
	b.must(os.WriteFile(b.path("text"), []byte("The boxes.\n"), 0o600))
	make := []string{"edition", "make", "--origin", "voice.example/log", "--series", "lamp", "--number", "1", "--lang", "en", "--title", "Boxes", "--original", b.path("text"), "--claim", "boxes"}
	b.tells(b.desk("anna", "", append(make, "--out", b.path("page.edition"))...), "Eleven boxes of duty logs were carried out.")
	b.tells(b.desk("anna", "", "edition", "check", b.path("page.edition")), "nothing has changed behind its statements")
	b.until("manifest_hash", "boris", "case", "list", "publication", "--json")
	b.desk("boris", "", "case", "set", "boxes", "status=refuted")
	b.tells(b.refused("boris", "edition", "sign", b.path("page.edition"), "--yes"), "a claim in it has fallen since it was made")
	if out, code := b.try(b.now, "boris", "", "edition", "check", b.path("page.edition")); code != 1 || !strings.Contains(out, "has fallen since: refuted") {
		b.t.Errorf("check: %d %s", code, out)
	}
}

// caseVerbs are the verbs of the register with what they want on a desk, in an order in
// which each works.
func caseVerbs(b *bench) [][]string {
	b.must(os.WriteFile(b.path("claims.csv"), []byte("text,kind\nA gate was shut (invented).,event\n"), 0o600))
	b.must(os.WriteFile(b.path("fx.csv"), []byte("date,value\n2027-06-30,99\n"), 0o600))
	b.must(os.WriteFile(b.path("draft.md"), []byte("# Boxes\n\nEleven.[^c:c1]\n"), 0o600))
	b.must(os.WriteFile(b.path("letter.txt"), []byte("Nine barrels were seen there.\n"), 0o600))
	return [][]string{
		{"new", "--name", "invented"},
		{"add", "party", "kind=outlet", "label=The Tide", "--id", "tide"},
		{"add", "claim", "kind=event", "text=It rained.", "--id", "c1"},
		{"add", "claim", "kind=event", "text=It did not rain.", "--id", "c2"},
		{"set", "c2", "contradicts=c1"},
		{"add", "document", "kind=letter", "--id", "d1"},
		{"add", "utterance", "speaker=tide", "claims=c1", "--id", "u1"},
		{"add", "evidence", "claim=c1", "item=u1", "direction=+", "--id", "e1"},
		{"set", "e1", "reason=seen"},
		{"mark", "--from", b.path("letter.txt"), "--quote", "Nine barrels", "--kind", "state", "--speaker", "tide", "--id", "barrels"},
		{"list"},
		{"list", "evidence"},
		{"show", "c1"},
		{"origins"},
		{"mutations"},
		{"suggest"},
		{"hint", "c1"},
		{"hint", "c1", "--choose", "6", "--reason", "nothing known"},
		{"ach", "d1"},
		{"lanes"},
		{"add", "measurand", "quantity=boxes", "population=all", "unit=boxes", "--id", "m1"},
		{"add", "estimate", "measurand=m1", "as_of=2027-06-30", "bound=about", "point=11", "claim=c1", "by=u1", "--id", "n1"},
		{"pool", "n1", "--weight", "n1=1", "--about", "2"},
		{"add", "question", "text=Will it rain?", "type=binary", "opens=2027-06-01", "closes=2027-12-31", "resolution_criteria=a report", "--id", "q1"},
		{"forecast", "q1", "5%", "--on", "2027-07-02"},
		{"board"},
		{"board", "q1"},
		{"assess", "q1", "--week", "2027-07-02", "--confidence", "low", "--assumptions", "a", "--sourcing", "s", "--argument", "g"},
		{"resolve", "q1", "YES", "--document", "d1"},
		{"scores"},
		{"add", "indicator", "name=rate", "question=q1", `series={"unit":"x","source":"a bank","thresholds":[{"name":"high","side":"above","value":100,"fixed":"2025-01-01"}]}`, "--id", "i1"},
		{"series", "i1", b.path("fx.csv")},
		{"import", b.path("claims.csv"), "--kind", "claim", "--dry-run"},
		{"import", b.path("claims.csv"), "--kind", "claim"},
		{"table", "claim"},
		{"report", "--read", b.path("draft.md"), "--id", "r1"},
		{"report", "r1"},
		{"export", "--as", "claims.csv"},
		{"remove", "e1"},
		{"restore", "e1"},
		{"check"},
	}
}

// everyVerb works at the desk of Vera, who has heard of nothing: whatever works on a log
// works on what desks share, or says that it does not.
func (b *bench) everyVerb() {
	b.t.Helper()
	b.clock = b.clock.AddDate(0, 0, 2) // over a Friday
	used := map[string]bool{}
	for _, args := range caseVerbs(b) {
		used[args[0]] = true
		out, code := b.try(b.now, "vera", "", append([]string{"case"}, args...)...)
		if code != 0 || strings.Contains(out, "tamizdat case ") || regexp.MustCompile(`[0-9a-f]{64}\.?\d*`).MatchString(out) && args[0] != "show" {
			b.t.Errorf("%s: exit %d\n%s", strings.Join(args, " "), code, out)
		}
	}
	b.tells(b.desk("vera", "", "case", "list", "forecast", "--json"), `"by": "Vera"`)
	b.must(os.WriteFile(b.path("log"), loadable(b), 0o600))
	out := b.desk("vera", "", "case", "load", b.path("log"))
	b.tells(out, "left out: forecast f, which is carl's", "left out: q9.resolution: two people have to resolve it here")
	b.tells(b.desk("vera", "", "case", "list", "forecast", "--json"), `"id": "g"`)
	used["load"] = true
	for _, verb := range []string{"study", "template"} {
		used[verb] = true
		b.tells(b.refused("vera", "case", verb), "has nothing to do with a desk")
	}
	p := newProgram(b.now)
	for _, v := range p.deskCase().Sub {
		if !used[v.Name] && !slices.Contains([]string{"accept", "refuse"}, v.Name) {
			b.t.Errorf("nobody has tried %s", v.Name)
		}
	}
}

// loadable is a log in which Vera and somebody else have worked.
func loadable(b *bench) []byte {
	b.t.Helper()
	return bytes.Join([][]byte{
		[]byte(`{"case":"x","documents":[{"id":"d9","kind":"note"}],"questions":[{"id":"q9","text":"Will it?","opens":"2027-06-01","closes":"2027-12-31","resolution_criteria":"a report","resolution":"YES","resolved_at":"2027-06-30","resolved_by":["carl","vera"],"resolution_document":"d9"}],`),
		[]byte(`"forecasts":[{"id":"f","question":"q9","p":0.1,"by":"carl","at":"2027-06-20","blind":true},{"id":"g","question":"q9","p":0.1,"by":"vera","at":"2027-06-20","blind":true}]}`),
	}, nil)
}
