// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"testing"

	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

// FuzzVisit puts arbitrary bytes in the place of each file that a drop serves.
// Nothing may panic, and nothing may be shown that the newsroom or the log did
// not vouch for: newsroom file and view are what they were or refused; beats
// and keys can only take something away.
func FuzzVisit(f *testing.F) {
	s := threeDesks(f)
	words := letter.NewWords()
	src := must(words.Source())(f)
	s.seal(s.reply(0, src.Tuple(), letter.Reply{Text: "hello"}))
	s.beatAll()
	good := [4][]byte{
		s.newsroom.Bytes(),
		must(s.honest().Beats(f.Context()))(f),
		must(s.honest().Keys(f.Context(), s.period()))(f),
		s.log.view(false),
	}
	for i, b := range good {
		f.Add(uint8(i), uint32(0), b[:min(len(b), 1<<12)])
		f.Add(uint8(i), uint32(len(b)/2), []byte{0xff})
		f.Add(uint8(i), uint32(len(b)), []byte{0})
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint32, patch []byte) {
		which %= 4
		served := good
		served[which] = patched(good[which], int(at), patch)
		d := &hostile{
			newsroom: served[0], beats: served[1], view: served[3],
			keys: func(wire.Period) []byte { return served[2] },
		}
		v, err := source.Open(t.Context(), d, s.options())
		same := bytes.Equal(served[which], good[which])
		switch {
		case same && err != nil:
			t.Fatalf("refused what is right: %v", err)
		case !same && err == nil && (which == 0 || which == 3):
			t.Fatalf("file %d was changed and is shown", which)
		case err != nil && v != nil:
			t.Fatal("a visit was shown with an error")
		case err != nil:
			return
		}
		checkShown(t, v, words, same)
	})
}

// patched lays patch over b from at on; a patch that begins before the end of b
// and reaches beyond it makes it longer.
func patched(b []byte, at int, patch []byte) []byte {
	at = min(at, len(b))
	out := append(bytes.Clone(b[:at]), patch...)
	if rest := at + len(patch); rest < len(b) {
		out = append(out, b[rest:]...)
	}
	return out
}

func checkShown(t *testing.T, v *source.Visit, words *letter.Words, same bool) {
	m, err := v.Read(words)
	if err != nil || len(m.Messages) != 1 || m.Messages[0].Text != "hello" {
		t.Fatalf("reading shows %+v, %v", m, err)
	}
	if len(v.Recipients()) != 3 || v.Newsroom().Name != "The Test Bulletin" {
		t.Fatal("the newsroom is another")
	}
	if same && (len(v.Warnings()) > 0 || v.MaySend() != nil) {
		t.Fatalf("an honest drop is warned of: %q", v.Warnings())
	}
	if !same && len(v.Warnings()) == 0 && v.MaySend() != nil {
		t.Fatal("nothing may be sent and nobody says why")
	}
}

// FuzzCompose: a letter either fits and has room, or is refused; and what the
// source's own words can be found in never goes out.
func FuzzCompose(f *testing.F) {
	s := threeDesks(f)
	v := s.mustOpen(s.honest())
	words := must(letter.WordsFromEntropy([]byte("0123456789abcdef")))(f)
	phrase := words.In(letter.English())
	f.Add("hello")
	f.Add(phrase)
	f.Add("a\r\nb\rc")
	f.Add("\u202e\ufeff")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := v.Compose(words, text)
		if err == nil {
			if used, total, err := d.Room(); err != nil || used > total {
				t.Fatalf("%d of %d: %v", used, total, err)
			}
		}
		if _, err := v.Compose(words, text+"\n"+phrase); err == nil {
			t.Fatal("the phrase went through")
		}
	})
}
