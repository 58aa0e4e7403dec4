// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"tamizdat/letter"
)

// gather types the papers with these places among the shares.
func gather(dir string, shares []Share, places ...int) (*Papers, error) {
	p, err := GatherShares(dir)
	if err != nil {
		return nil, err
	}
	for _, i := range places {
		s, err := ParseShare(strings.Join(shares[i].Words(letter.English()), " "), letter.English())
		if err != nil {
			return nil, err
		}
		if err := p.Add(s); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (v *Vault) mustShares(t *testing.T, need, n int) []Share {
	t.Helper()
	s, err := v.NewShares(need, n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestF7TheOnlyOneWhoKnewThePassphraseForgotIt: two of three papers set a new
// passphrase, and everything is there.
func TestF7TheOnlyOneWhoKnewThePassphraseForgotIt(t *testing.T) {
	v, dir := newVault(t)
	shares := v.mustShares(t, 2, 3)
	if err := errors.Join(v.Append([]byte("kept")), v.Close()); err != nil {
		t.Fatal(err)
	}
	p, err := gather(dir, shares, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassphrase(dir, []byte("found again"), cheap); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openAll(dir); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	var got []string
	v, err = Open(dir, []byte("found again"), func(r []byte) error { got = append(got, string(r)); return nil })
	if err != nil || fmt.Sprint(got) != "[kept]" {
		t.Fatalf("with the new passphrase: %q, %v", got, err)
	}
	if r, err := v.Recovery(); err != nil || r != (Recovery{2, 3}) {
		t.Errorf("the shares do not stay good: %+v, %v", r, err)
	}
	v.Close()
}

// TestB22NobodyElseSetsAPassphrase: who keeps one paper of two, or papers of other
// desks, or the folder alone, cannot reset the passphrase and read.
func TestB22NobodyElseSetsAPassphrase(t *testing.T) {
	t.Parallel()
	v, dir := newVault(t)
	w, otherDir := newVault(t)
	shares, others := v.mustShares(t, 2, 3), w.mustShares(t, 2, 3)
	if err := errors.Join(v.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(filepath.Join(dir, keyFileName))
	p, err := gather(dir, shares, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassphrase(dir, []byte("mine"), cheap); !errors.Is(err, ErrTooFew) {
		t.Errorf("one of two: %v", err)
	}
	if _, err := gather(dir, append(shares[:1:1], others...), 0, 1); !errors.Is(err, ErrShareOther) {
		t.Errorf("a paper of another desk: %v", err)
	}
	if _, err := gather(dir, shares, 1, 1); !errors.Is(err, ErrShareTwice) {
		t.Errorf("the same paper twice: %v", err)
	}
	// The other desk's recovery file with its own papers, put into this folder.
	file, err := os.ReadFile(filepath.Join(otherDir, recoveryName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, recoveryName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err = gather(dir, others, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassphrase(dir, []byte("mine"), cheap); !errors.Is(err, ErrDamaged) {
		t.Errorf("a planted recovery file: %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, keyFileName)); !bytes.Equal(before, after) {
		t.Error("the key file was changed")
	}
}

// TestNewSharesVoidTheOld, and an old copy opens with them still.
func TestNewSharesVoidTheOld(t *testing.T) {
	v, dir := newVault(t)
	old := v.mustShares(t, 2, 3)
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	fresh := v.mustShares(t, 3, 4)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := gather(dir, old, 0); !errors.Is(err, ErrShareOther) {
		t.Errorf("an old share: %v", err)
	}
	if p, err := gather(dir, fresh, 0, 1); err != nil || p.Missing() != 1 {
		t.Errorf("two of three new ones: %v", err)
	}
	p, err := gather(copied, old, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassphrase(copied, []byte("x"), cheap); err != nil {
		t.Errorf("the old copy: %v", err)
	}
}

func TestSharesWaitForTheFolder(t *testing.T) {
	v, dir := newVault(t)
	if _, err := GatherShares(dir); !errors.Is(err, ErrNoShares) {
		t.Errorf("without shares: %v", err)
	}
	if _, err := GatherShares(t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("without a vault: %v", err)
	}
	shares := v.mustShares(t, 2, 2)
	p, err := gather(dir, shares, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassphrase(dir, []byte("x"), cheap); !errors.Is(err, ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	for _, c := range [][2]int{{1, 3}, {0, 0}, {3, 2}, {2, 16}, {-1, 2}} {
		if _, err := v.NewShares(c[0], c[1]); err == nil {
			t.Errorf("%d of %d were made", c[0], c[1])
		}
	}
}

// TestSharesRepairADamagedKeyFile, and leave a later version's alone.
func TestSharesRepairADamagedKeyFile(t *testing.T) {
	v, dir := newVault(t)
	shares := v.mustShares(t, 2, 2)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keyFileName)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := func(key []byte) error {
		if err := os.WriteFile(path, key, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := gather(dir, shares, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		return p.SetPassphrase(dir, []byte(phrase), cheap)
	}
	later := bytes.Clone(file[:len(file)-sha256.Size])
	later[8] = keyVersion + 1
	sum := sha256.Sum256(later)
	if err := set(append(later, sum[:]...)); !errors.Is(err, errLater) {
		t.Errorf("a later version's: %v", err)
	}
	if err := set(file[:40]); err != nil {
		t.Fatal(err)
	}
	if v, _, err = openAll(dir); err != nil {
		t.Fatalf("a damaged one, repaired: %v", err)
	}
	v.Close()
}

// TestSomebodysFileCalledRecovery is not taken for a leftover.
func TestSomebodysFileCalledRecovery(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, recoveryName)
	if err := os.WriteFile(path, []byte("how I recovered"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, []byte(phrase), cheap); !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "how I recovered" {
		t.Error("it was deleted")
	}
}

// TestCloseWipes what lies in the vault's own memory, and Forget what lies in a key.
func TestCloseWipes(t *testing.T) {
	v, _, _ := used(t)
	key := v.Key()
	secret := v.ring.secrets["period/7"]
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	key.Forget()
	for what, b := range map[string][]byte{
		"the data key": v.key[:], "a secret": secret, "the keyring's key": v.ring.key, "the mark's key": v.journal.markKey,
		"the backup's key": v.ring.copyKey, "the key that was handed out": key.key[:],
	} {
		if !bytes.Equal(b, make([]byte, len(b))) {
			t.Errorf("%s is still there", what)
		}
	}
}

// TestDamagedRecoveryFileIsRefused at each byte, and can be made anew.
func TestDamagedRecoveryFileIsRefused(t *testing.T) {
	t.Parallel()
	v, dir := newVault(t)
	v.mustShares(t, 2, 3)
	eachDamage(t, filepath.Join(dir, recoveryName), func(what string) {
		if _, err := v.Recovery(); !errors.Is(err, ErrDamaged) && !errors.Is(err, errLater) {
			t.Errorf("%s: %v", what, err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, recoveryName), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.mustShares(t, 2, 3)
	if _, err := v.Recovery(); err != nil {
		t.Error(err)
	}
}

// TestAnyEnoughOpenAndFewerDoNot: any choice of papers, in any order.
func TestAnyEnoughOpenAndFewerDoNot(t *testing.T) {
	t.Parallel()
	v, dir := newVault(t)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, maxShares).Draw(rt, "n")
		need := rapid.IntRange(2, n).Draw(rt, "need")
		shares, err := v.NewShares(need, n)
		if err != nil {
			rt.Fatal(err)
		}
		places := rapid.Permutation(makeRange(n)).Draw(rt, "order")[:rapid.IntRange(0, n).Draw(rt, "given")]
		p, err := gather(dir, shares, places...)
		if err != nil {
			rt.Fatal(err)
		}
		k, err := p.open()
		if len(places) >= need && (err != nil || k != v.key) {
			rt.Fatalf("%d of %d with %d: %v", need, n, len(places), err)
		}
		if len(places) < need && !errors.Is(err, ErrTooFew) {
			rt.Fatalf("%d of %d with %d: %v", need, n, len(places), err)
		}
	})
}

func makeRange(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestAMistypedWordIsNotRead: any word of a share replaced by any other, and any
// two that change places.
func TestAMistypedWordIsNotRead(t *testing.T) {
	t.Parallel()
	v, _ := newVault(t)
	words := v.mustShares(t, 2, 2)[0].Words(letter.English())
	rapid.Check(t, func(rt *rapid.T) {
		typed := slices.Clone(words)
		i, j := rapid.IntRange(0, 31).Draw(rt, "i"), rapid.IntRange(0, 31).Draw(rt, "j")
		if rapid.Bool().Draw(rt, "swap") {
			typed[i], typed[j] = typed[j], typed[i]
		} else {
			typed[i] = letter.English().Word(rapid.IntRange(0, 2047).Draw(rt, "word"))
		}
		s, err := ParseShare(strings.Join(typed, " "), letter.English())
		if slices.Equal(typed, words) != (err == nil) {
			rt.Fatalf("%v: %v", err, s)
		}
	})
}

func TestShareErrorsHoldNoWords(t *testing.T) {
	v, _ := newVault(t)
	words := v.mustShares(t, 2, 2)[0].Words(letter.English())
	words[3] = "tamizdat"
	_, err := ParseShare(strings.Join(words, " "), letter.English())
	if unknown, ok := errors.AsType[*letter.WordError](err); !ok || unknown.Place != 4 || strings.Contains(err.Error(), "tamizdat") {
		t.Errorf("got %v", err)
	}
	s := v.mustShares(t, 2, 2)[0]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if got := fmt.Sprintf(verb, s); got != redacted {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func FuzzParseShare(f *testing.F) {
	set := fuzzShare()
	f.Add(strings.Join(set.Words(letter.English()), " "))
	f.Add("1. wet 2. myth")
	f.Add("\u200e")
	f.Fuzz(func(t *testing.T, typed string) {
		s, err := ParseShare(typed, letter.English())
		if err != nil {
			return
		}
		again, err := ParseShare(strings.Join(s.Words(letter.English()), " "), letter.English())
		if err != nil || again != s {
			t.Fatalf("read again: %v", err)
		}
	})
}

func fuzzShare() Share {
	b := make([]byte, shareBody)
	b[0], b[shareCounts], b[shareScalarAt] = shareVersion, 2<<4|1, 7
	return Share{[shareSize]byte(append(b, shareSum(b)...))}
}

func FuzzRecoveryFile(f *testing.F) {
	f.Add([]byte(recoveryMagic))
	f.Add(make([]byte, recoveryLen))
	f.Fuzz(func(t *testing.T, b []byte) {
		if checkRecovery(b) == nil {
			_ = papersFor(b).Missing()
		}
	})
}
