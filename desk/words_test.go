// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tamizdat/desk/search"
)

// TestLettersAreFoundByTheirWords, those that come after the first search too, and
// nothing of the index lies on the disk.
func TestLettersAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d, source := w.desks[0], newSource(t)
	find := func(query string, want ...string) {
		t.Helper()
		hits, total, err := d.Search(query, 10)
		w.must(err)
		var got []string
		for _, h := range hits {
			got = append(got, h.Kind+": "+h.Text[h.Marks[0][0]:h.Marks[0][1]])
		}
		if strings.Join(got, "; ") != strings.Join(want, "; ") || total != len(want) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	w.write(source, "Из архива вынесли одиннадцать коробок.")
	w.pass(2 * time.Hour)
	find("архивы", "letter: архива")
	find("тюрьма")
	w.write(source, "Її бачили у в'язниці.")
	_, err := d.TakeIn("a.eml", "mail", strings.NewReader(mailFile))
	w.must(err)
	w.pass(2 * time.Hour)
	find("в’язниця", "letter: в'язниці")
	find("box", "mail: boxes")
	d = w.reopen(0)
	find("коробки", "letter: коробок")
	if filesHold(t, w.dirs[0], []byte("архив")) {
		t.Error("a word lies readable on the disk")
	}
	if _, _, err := d.Search("-a", 10); !errors.Is(err, search.ErrNothing) {
		t.Error(err)
	}
}
