// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const logOrigin = "lamp.example/log"

func (t *story) setUpPress(ctx context.Context) error {
	witness, err := t.run(ctx, "", "tamizdat", "witness", "init", "--dir", "witness", "--name", "partner.example/witness")
	if err != nil {
		return err
	}
	t.witness = strings.TrimSpace(witness)
	editors, err := t.run(ctx, signed(""), "tamizdat", "desk", "editors", "--dir", "anna")
	if err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	args := []string{
		"press", "init", "--dir", "press", "--origin", logOrigin, "--name", newsroomName,
		"--notice", notice, "--witness", t.witness + "=http://" + address,
	}
	for key := range strings.FieldsSeq(editors) {
		args = append(args, "--editor", key)
	}
	key, err := t.run(ctx, signed(passphrase+"\n"), "tamizdat", args...)
	if err != nil {
		return err
	}
	t.logKey = strings.TrimSpace(key)
	return t.openWitness(ctx, address)
}

func (t *story) openWitness(ctx context.Context, address string) error {
	if _, err := t.run(ctx, "", "tamizdat", "witness", "trust", "--dir", "witness", t.logKey); err != nil {
		return err
	}
	if err := t.start("witness", "", "tamizdat", "witness", "serve", "--dir", "witness", "--listen", address); err != nil {
		return err
	}
	return t.waitFor(ctx, "the witness", 20*time.Second, func() (bool, error) { return answers(address), nil })
}

// answers tells whether somebody listens at a loopback address.
func answers(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// signEdition makes an edition whose statements come from the register. The first
// try is refused: nobody has said how many could know the claim.
func (t *story) signEdition(ctx context.Context) error {
	if err := t.write("english.txt", translationText); err != nil {
		return err
	}
	args := []string{
		"desk", "edition", "make", "--dir", "boris", "--origin", logOrigin,
		"--series", "archive", "--series-name", "Letters from the archive", "--number", "1",
		"--lang", "ru", "--title", titleText, "--letter", t.letter, "--translation", "en=english.txt",
		"--case", "archive.log", "--by", "boris", "--claim", "boxes", "--estimate", "letter-count", "--estimate", "ministry-count",
		"--out", "letter-1.edition",
	}
	var refused *failure
	if _, err := t.run(ctx, signed(""), "tamizdat", args...); !errors.As(err, &refused) || !strings.Contains(refused.said, "how many could know this") {
		return fmt.Errorf("what nobody has looked at was not refused: %w", err)
	}
	t.show(refused.said)
	for _, set := range [][]string{{"boxes", "exposure=<=100"}, {"letter-1", "held=yes"}} {
		if _, err := t.run(ctx, "", "tamizdat", append([]string{"case", "set", "archive.log"}, append(set, "--by", "boris")...)...); err != nil {
			return err
		}
	}
	if _, err := t.run(ctx, signed(""), "tamizdat", args...); err != nil {
		return err
	}
	for _, name := range desks()[:2] {
		if err := t.again(ctx, signed(""), "tamizdat", "desk", "edition", "sign", "--dir", name, "letter-1.edition", "--yes"); err != nil {
			return err
		}
	}
	return nil
}

func (t *story) publish(ctx context.Context) error {
	if _, err := t.run(ctx, "", "tamizdat", "press", "take", "--dir", "press", "letter-1.edition"); err != nil {
		return err
	}
	if _, err := t.run(ctx, signed(""), "tamizdat", "press", "publish", "--dir", "press"); err != nil {
		return err
	}
	pages, err := filepath.Glob(t.path("press", "site", "letters", "*.html"))
	if err != nil || len(pages) != 1 {
		return fmt.Errorf("one letter was published, the site has %d", len(pages))
	}
	if t.page, err = filepath.Rel(t.dir, pages[0]); err != nil {
		return err
	}
	return t.nothingElse()
}

// nothingElse searches every byte of the site for what the register knows and the
// page must not tell.
func (t *story) nothingElse() error {
	files := 0
	err := filepath.WalkDir(t.path("press", "site"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, word := range neverPrinted() {
			if bytes.Contains(b, []byte(word)) {
				return fmt.Errorf("%s holds %q", path, word)
			}
		}
		files++
		return err
	})
	if err == nil {
		t.env.Printf("    (nothing else of the register is in the %d files of the site)\n", files)
	}
	return err
}

// verifyArgs name the page and what the reader knows from elsewhere.
func (t *story) verifyArgs() []string {
	return []string{"page", t.page, "--policy", filepath.Join("press", "policy.txt")}
}

func (t *story) verify(ctx context.Context) error {
	out, err := t.run(ctx, "", "tamizdat-verify", t.verifyArgs()...)
	if err == nil && !strings.Contains(out, "witnessed by 1 of 1") {
		err = errors.New("the page verifies, but no witness is named")
	}
	return err
}

// tamper changes one byte of the page and expects the verifier to refuse it,
// then puts the byte back.
func (t *story) tamper(ctx context.Context) error {
	page, err := os.ReadFile(t.path(t.page))
	if err != nil {
		return err
	}
	at := bytes.Index(page, []byte("eleven."))
	if at < 0 {
		return errors.New("the page does not have the sentence that was to be changed")
	}
	changed := bytes.Clone(page)
	changed[at] = 'E'
	t.env.Printf("  (in %s, the first letter of \"eleven.\" becomes a capital)\n", t.page)
	if err := os.WriteFile(t.path(t.page), changed, 0o600); err != nil {
		return err
	}
	out, err := t.run(ctx, "", "tamizdat-verify", t.verifyArgs()...)
	if err == nil {
		return errors.New("the verifier accepted a changed page")
	}
	if !strings.Contains(out, "Eleven") {
		return fmt.Errorf("the verifier did not say what is wrong: %w", err)
	}
	return os.WriteFile(t.path(t.page), page, 0o600)
}
