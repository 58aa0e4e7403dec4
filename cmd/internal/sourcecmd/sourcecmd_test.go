// SPDX-License-Identifier: Apache-2.0

package sourcecmd_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// The whole way in a script: words on standard input and nowhere else.
func TestStoryNewSendRead(t *testing.T) {
	s := newStage(t)
	got := run(t, "", s.here("new")...)
	if got.code != 0 {
		t.Fatalf("new: %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	phrase := line(t, got.stdout, "words:")
	check := letter.CheckWords(s.nr, letter.English())
	if len(strings.Fields(phrase)) != 12 || line(t, got.stdout, "check words:") != strings.Join(check[:], " ") ||
		line(t, got.stdout, "journalists:") == "" || line(t, got.stdout, "newsroom:") != "The Test Bulletin" {
		t.Fatalf("new shows\n%s", got.stdout)
	}

	film := filepath.Join(t.TempDir(), "film.bin")
	if err := os.WriteFile(film, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	got = run(t, strings.ToUpper(phrase)+"\nDear all,\nsee the film.\n", s.here("send", "--attach", film, "--leave-out", "Clara")...)
	if got.code != 0 || line(t, got.stdout, "not for:") != "Clara" {
		t.Fatalf("send: %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	label := line(t, got.stdout, "label:")
	for _, want := range []string{"% of the space", "film.bin, 2097152 bytes", "3 MiB", "uploading: 100 %"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("send does not say %q:\n%s", want, got.stderr)
		}
	}
	notShown(t, got, phrase)

	s.write(0, nil)
	opened := s.letters(1)
	if len(opened) != 1 || opened[0].Letter.Text != "Dear all,\nsee the film.\n" || opened[0].Letter.Parcel.Files[0].Name != "film.bin" {
		t.Fatalf("Boris opened %d letters", len(opened))
	}
	if len(s.letters(2)) != 0 {
		t.Error("Clara can read what was not for her")
	}

	day := wire.DayOf(time.Now().Unix())
	answer := &letter.Reply{
		Number: 3, Lowest: 2, Day: day, Text: "Thank you.\n\x20\u202eevil\nWhich hall?",
		Received: []letter.Received{{Week: (day + 3) / 7, Label: opened[0].Letter.Label()}},
	}
	s.write(1, [][]byte{must(s.desks[1].SealReply(s.nr, &opened[0].Sender, answer))(t)})
	got = run(t, phrase+"\n", s.here("read")...)
	if got.code != 0 {
		t.Fatalf("read: %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	for _, want := range []string{
		"Boris, message 3, " + time.Now().UTC().Format("2 January 2006"),
		"  | Thank you.\n  |  \\u202eevil\n  | Which hall?\n",
		"missing: message 2 by Boris is not in the log",
		"  " + label + "  in the week of ",
		"take new words",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("read does not say %q:\n%s", want, got.stdout)
		}
	}
	notShown(t, got, phrase)
}

// notShown: no output holds the words, in a row or alone on a line.
func notShown(t *testing.T, got result, phrase string) {
	t.Helper()
	words := strings.Fields(phrase)
	for i := range len(words) - 1 {
		if strings.Contains(strings.ToLower(got.stdout+got.stderr), words[i]+" "+words[i+1]) {
			t.Errorf("the words are shown:\n%s%s", got.stdout, got.stderr)
		}
	}
}

// The line breaks when the letter was handed over. The drop has it, and nobody can
// know: the program says so, and by which label to look for it.
func TestPerhapsSent(t *testing.T) {
	s := newStage(t)
	ctx, interrupt := context.WithCancel(t.Context())
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/letters" {
			s.srv.Handler().ServeHTTP(w, r)
			return
		}
		s.srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
		interrupt() // or the program would try for a minute
		panic(http.ErrAbortHandler)
	}))
	defer cut.Close()
	s.url = cut.URL
	got := runIn(ctx, letter.NewWords().In(letter.English())+"\nhello\n", s.here("send")...)
	if got.code != 1 || !strings.Contains(got.stdout, "perhaps not sent.\n") ||
		!strings.Contains(got.stderr, "error: perhaps not sent") || !strings.Contains(got.stderr, "look for the label in the replies before you send again") {
		t.Errorf("%d\n%s%s", got.code, got.stdout, got.stderr)
	}
	s.write(0, nil)
	opened := s.letters(0)
	if len(opened) != 1 || opened[0].Letter.Label().In(letter.English()) != line(t, got.stdout, "label:") {
		t.Errorf("Anna opened %d letters; the program said\n%s", len(opened), got.stdout)
	}
}

// Wrong words that are a phrase say only that there is nothing.
func TestReadWithStrangersWords(t *testing.T) {
	s := newStage(t)
	got := run(t, letter.NewWords().In(letter.English())+"\n", s.here("read")...)
	if got.code != 0 || !strings.Contains(got.stdout, "no letters for these words") {
		t.Errorf("%d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

func TestWrongWords(t *testing.T) {
	s := newStage(t)
	phrase := strings.Fields(letter.NewWords().In(letter.English()))
	typo := append(append(append([]string{}, phrase[:6]...), "abandom"), phrase[7:]...)
	for name, c := range map[string]struct{ words, want string }{
		"a mistyped word": {strings.Join(typo, " "), "word 7 may be one of: abandon"},
		"eleven":          {strings.Join(phrase[:11], " "), "these are 11"},
		"none":            {"", "these are 0"},
		"no line at all":  {"\x00", "these are 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, c.words+"\nhello\n", s.here("send")...)
			if got.code != 1 || !strings.Contains(got.stderr, c.want) || strings.Contains(got.stderr, "abandom") {
				t.Errorf("%d\n%s", got.code, got.stderr)
			}
			if strings.Contains(got.stdout, "sent.\nlabel") {
				t.Error("something was sent")
			}
		})
	}
}

func TestWrongUse(t *testing.T) {
	s := newStage(t)
	phrase := letter.NewWords().In(letter.English())
	other := newStage(t)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no drop":                 {[]string{"read"}, 2, "--drop is missing"},
		"no command":              {nil, 2, "needs a command"},
		"words as arguments":      {s.here("read", "abandon", "ability"), 2, "never given on the command line"},
		"key and check words":     {s.here("read", "--check", "a b c d"), 2, "give one of them"},
		"unknown flag":            {s.here("read", "--words", phrase), 2, "not defined"},
		"nothing to know it by":   {[]string{"read", "--drop", s.url}, 2, "--newsroom or --check is missing"},
		"open network":            {[]string{"read", "--drop", "http://drop.example", "--newsroom", s.nr.String()}, 1, "not the address of an onion"},
		"a mistyped onion":        {[]string{"read", "--drop", "http://abcdef.onion", "--newsroom", s.nr.String()}, 1, "not the address of an onion"},
		"no address":              {[]string{"read", "--drop", "abcdef.onion", "--newsroom", s.nr.String()}, 1, "it looks like http://"},
		"https":                   {[]string{"read", "--drop", "https://127.0.0.1", "--newsroom", s.nr.String()}, 1, "it looks like http://"},
		"mistyped key":            {[]string{"read", "--drop", s.url, "--newsroom", s.nr.String()[:64]}, 1, "65 characters"},
		"three check words":       {[]string{"read", "--drop", s.url, "--check", "able about above"}, 1, "these are 3"},
		"mistyped check word":     {[]string{"read", "--drop", s.url, "--check", "able about above abandom"}, 1, "check word 4"},
		"other newsroom":          {[]string{"read", "--drop", s.url, "--newsroom", other.nr.String()}, 1, "this is not the newsroom you asked for"},
		"a proxy far away":        {s.here("read", "--socks", "93.184.216.34:9050"), 1, "on another machine"},
		"a proxy beside":          {s.here("read", "--socks", "10.0.0.1:9050"), 1, "on another machine"},
		"a proxy by name":         {s.here("read", "--socks", "tor:9050"), 2, "127.0.0.1:9050"},
		"nobody by that name":     {s.here("send", "--leave-out", "Igor"), 2, "none of the journalists"},
		"nobody left":             {s.here("send", "--leave-out", "Anna", "--leave-out", "Boris", "--leave-out", "Clara"), 2, "leaves nobody"},
		"a file that is not":      {s.here("send", "--attach", "/nowhere/at/all"), 1, "no such file"},
		"a folder":                {s.here("send", "--attach", "/"), 1, "not a file"},
		"a letter that is not":    {s.here("send", "--text", "/nowhere/at/all"), 1, "no such file"},
		"own words in the letter": {s.here("send"), 1, "your own words"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, phrase+"\nI am "+phrase+"\n", c.args...)
			if got.code != c.code || !strings.Contains(got.stderr, c.want) {
				t.Errorf("%d, want %d and %q:\n%s", got.code, c.code, c.want, got.stderr)
			}
			if strings.Contains(got.stdout, "sent.") {
				t.Error("something was sent")
			}
		})
	}
}

func TestCheckWordsInsteadOfTheKey(t *testing.T) {
	s := newStage(t)
	check := letter.CheckWords(s.nr, letter.English())
	got := run(t, letter.NewWords().In(letter.English())+"\n", "read", "--drop", s.url+"/", "--check", strings.Join(check[:], " "))
	if got.code != 0 {
		t.Errorf("%d\n%s", got.code, got.stderr)
	}
}

// The address of the test is not the onion that the roster names.
func TestWarnings(t *testing.T) {
	s := newStage(t)
	got := run(t, letter.NewWords().In(letter.English())+"\n", s.here("read")...)
	if !strings.Contains(got.stderr, "warning: the newsroom does not name this address as its own: http://127.0.0.1") {
		t.Errorf("got\n%s", got.stderr)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"help", "send"}, {"read", "-h"}, {"new", "--help"}} {
		if got := run(t, "", args...); got.code != 0 || !strings.Contains(got.stdout, "--drop") || got.stderr != "" {
			t.Errorf("%v: %d %s", args, got.code, got.stderr)
		}
	}
}

// TestPractice: a newsroom tries itself with one command, and its letter says
// that it is practice; the words shown read the answer.
func TestPractice(t *testing.T) {
	s := newStage(t)
	got := run(t, "", s.here("practice")...)
	if got.code != 0 {
		t.Fatalf("practice: %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	phrase := line(t, got.stdout, "words:")
	s.write(0, nil)
	opened := s.letters(2)
	if len(opened) != 1 || !strings.HasPrefix(opened[0].Letter.Text, "This is a practice letter.") {
		t.Fatalf("Clara opened %d letters", len(opened))
	}
	answer := &letter.Reply{Number: 1, Lowest: 1, Day: wire.DayOf(time.Now().Unix()), Text: "It arrived.\n"}
	s.write(1, [][]byte{must(s.desks[1].SealReply(s.nr, &opened[0].Sender, answer))(t)})
	if got = run(t, phrase+"\n", s.here("read")...); !strings.Contains(got.stdout, "It arrived.") {
		t.Errorf("read: %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got = run(t, "", append(s.here("practice"), "words")...); got.code != 2 {
		t.Errorf("an argument too many: %d", got.code)
	}
}
