// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// checkNumbers are check words as places in their list.
type checkNumbers [4]uint16

// readCheckWords reads four check words in the first of lists that has them
// all.
func readCheckWords(text string, lists []letter.List) (*checkNumbers, error) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r)
	})
	if len(words) != len(checkNumbers{}) {
		return nil, fmt.Errorf("a newsroom has four check words; these are %d", len(words))
	}
	var first error
	for _, l := range lists {
		numbers, err := placesOf(words, l)
		if err == nil {
			return numbers, nil
		}
		first = firstError(first, err) // the list that is shown explains best
	}
	return nil, first
}

func placesOf(words []string, l letter.List) (*checkNumbers, error) {
	var numbers checkNumbers
	for i, w := range words {
		place, ok := l.Index(w)
		if !ok {
			return nil, fmt.Errorf("check word %d is not in the list; near it: %s", i+1, strings.Join(l.Nearest(w, 3), ", "))
		}
		numbers[i] = uint16(place)
	}
	return &numbers, nil
}

// firstError returns the first error there is.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkNewsroom is step 1 of spec/drop.md §4. Without key and check words it
// takes the newsroom that the file claims to be; [Newsroom.Known] then says so.
func checkNewsroom(file []byte, key wire.NewsroomKey, check *checkNumbers, at time.Time) (*wire.Newsroom, error) {
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return nil, alarm(rowNewsroom, toldUnsigned, hintCompare, err)
	}
	claimed := u.ClaimedKey()
	if !key.IsZero() && claimed != key || check != nil && claimed.CheckNumbers() != *check {
		return nil, alarm(rowNewsroom, toldOtherNewsroom, hintCompare, fmt.Errorf("it says it is %s", claimed))
	}
	n, err := u.Verify(claimed)
	if err != nil {
		return nil, alarm(rowNewsroom, toldUnsigned, hintCompare, err)
	}
	return n, checkTime(n.Roster(), at)
}

// checkTime asks whether r is current by the source's clock (M-5).
func checkTime(r *wire.Roster, at time.Time) error {
	err := r.CheckTime(at.Unix())
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wire.ErrExpired) && at.Unix() < r.Issued:
		return alarm(rowExpired, toldEarly, hintClock, err)
	}
	return alarm(rowExpired, toldExpired, hintClock, err)
}

func describe(n *wire.Newsroom, o Options, check *checkNumbers) *Newsroom {
	r := n.Roster()
	shown := &Newsroom{
		Key:     n.Key(),
		Name:    r.Name,
		Roster:  r.Number,
		Issued:  time.Unix(r.Issued, 0).UTC(),
		Expires: time.Unix(r.Expires, 0).UTC(),
		Known:   !o.Newsroom.IsZero() || check != nil,
		list:    o.Lists[0],
	}
	for _, j := range r.Journalists {
		shown.Journalists = append(shown.Journalists, j.Name)
	}
	return shown
}

// addressWarning speaks up when the drop was reached under an address that the
// roster does not have: a look-alike that passes everything on looks like this,
// and so does a newsroom that moved.
func (v *Visit) addressWarning() []Warning {
	a := strings.TrimRight(v.opt.Address, "/")
	if a == "" || slices.Contains(v.roster().Addresses, a) {
		return nil
	}
	return []Warning{{"", fmt.Sprintf(toldAddress, a)}}
}
