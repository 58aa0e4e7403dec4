// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// story is what its people come to know while it is told.
type story struct {
	*stage
	words       string // the source's twelve
	letter      string // the desks' name for her letter
	dropKey     string
	incarnation string
	logKey      string
	witness     string
	page        string // the published page
}

type scene struct {
	title string
	play  func(context.Context) error
}

func (t *story) scenes(onion bool) []scene {
	scenes := []scene{
		{"A drop is set up. It has keys to sign with, none to read with.", t.setUpDrop},
		{"Three journalists found a newsroom; any two of them may change it.", t.foundNewsroom},
		{"The drop opens, and the three desks keep watch.", t.openDrop},
		{"A source gets twelve words. Nothing is written on her machine.", t.giveWords},
		{"She writes a letter, with a file. The drop seals it.", t.writeLetter},
		{"A desk reads it, saves the file, and answers on its schedule.", t.readLetter},
		{"She comes back with nothing but her words, and reads the answer.", t.readAnswer},
		{"The desk marks a sentence as a claim. A newspaper repeats it; still nobody may call it confirmed.", t.markClaim},
		{"On Friday two counts that do not meet stay apart, and three people give a number before they see each other's.", t.moveRisk},
		{"A week later one of them has a reason. The week is frozen, and says what moved it.", t.moveAgain},
		{"The newsroom's press and a partner's witness are set up.", t.setUpPress},
		{"An edition: the letter, its translation, and what the register knows of it. Two journalists sign it.", t.signEdition},
		{"The press publishes it; the witness countersigns the log.", t.publish},
		{"A reader verifies the page, offline.", t.verify},
		{"One byte of the page is changed. The verifier says which.", t.tamper},
		{"A newspaper quotes the letter, and changes a number. The verifier shows it.", t.catchQuote},
		{"The founding case, a study of published reporting: many documents, few origins, and what was changed on the way.", t.study},
		{"An invented panel gives numbers for the founding case, week by week, until its question is resolved and scored.", t.playPanel},
	}
	if onion {
		network := scene{"A private Tor network starts: three authorities, two relays, a client, all on this machine.", t.openNetwork}
		scenes = append([]scene{network}, scenes...)
	}
	return scenes
}

func desks() []string { return []string{"anna", "boris", "vera"} }

// signed is the passphrase as the first line of standard input, then the rest.
func signed(rest string) string { return passphrase + "\n" + rest }

func (t *story) setUpDrop(ctx context.Context) error {
	out, err := t.run(ctx, "", "tamizdat-drop", "init", "--dir", "drop")
	if err != nil {
		return err
	}
	t.dropKey, t.incarnation = valueOf(out, "drop key"), valueOf(out, "incarnation")
	if t.dropKey == "" || t.incarnation == "" {
		return errors.New("the drop did not tell its key and incarnation")
	}
	return t.nameDrop(out)
}

// nameDrop settles the drop's address: the onion that it has told, or where the
// story is told without Tor, a free port.
func (t *story) nameDrop(told string) error {
	if t.network != nil {
		if t.dropAddress = valueOf(told, "address"); !strings.HasSuffix(t.dropAddress, ".onion") {
			return errors.New("the drop did not tell its onion address")
		}
		return nil
	}
	address, err := freeAddress()
	t.dropAddress = "http://" + address
	return err
}

// valueOf finds the last word of the line that begins with a label.
func valueOf(out, label string) string {
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if strings.HasPrefix(strings.TrimSpace(line), label) && len(words) > 1 {
			return words[len(words)-1]
		}
	}
	return ""
}

func (t *story) foundNewsroom(ctx context.Context) error {
	t.env.Printf("  (every desk asks for its passphrase; here it is: %s)\n\n", passphrase)
	for _, name := range desks() {
		person := strings.ToUpper(name[:1]) + name[1:]
		if _, err := t.run(ctx, signed(passphrase+"\n"), "tamizdat", "desk", "init", "--dir", name, "--name", person); err != nil {
			return err
		}
	}
	for _, name := range desks()[1:] {
		if _, err := t.run(ctx, signed(""), "tamizdat", "desk", "request", "--dir", name, "--out", name+".request"); err != nil {
			return err
		}
	}
	return t.draftAndSign(ctx)
}

func (t *story) draftAndSign(ctx context.Context) error {
	out, err := t.run(ctx, signed(""), "tamizdat", "desk", "found", "--dir", "anna", "--name", newsroomName,
		"--drop", t.dropAddress, "--drop-key", t.dropKey, "--incarnation", t.incarnation,
		"--threshold", "2", "--schedule", "fast", "--yes", "--out", "newsroom.draft", "boris.request", "vera.request")
	if err != nil {
		return err
	}
	if t.newsroom = regexp.MustCompile(`tamizdat1[a-z2-7]{56}`).FindString(out); t.newsroom == "" {
		return errors.New("the draft did not tell the newsroom's key")
	}
	for _, name := range desks() {
		if err := t.again(ctx, signed(""), "tamizdat", "desk", "sign", "--dir", name, "newsroom.draft", "--yes"); err != nil {
			return err
		}
	}
	return nil
}

func (t *story) openDrop(ctx context.Context) error {
	if _, err := t.run(ctx, "", "tamizdat-drop", "adopt", "--dir", "drop", t.newsroom); err != nil {
		return err
	}
	serve := t.openPort
	if t.network != nil {
		serve = t.openOnion
	}
	if err := serve(ctx); err != nil {
		return err
	}
	return t.gather(ctx)
}

// openPort starts the drop at a port of this machine.
func (t *story) openPort(ctx context.Context) error {
	listen := strings.TrimPrefix(t.dropAddress, "http://")
	if err := t.start("drop", "", "tamizdat-drop", "serve", "--dir", "drop", "--listen", listen); err != nil {
		return err
	}
	return t.waitFor(ctx, "the drop", 20*time.Second, func() (bool, error) { return answers(listen), nil })
}

// gather publishes the newsroom at the drop, and has all desks join and run.
func (t *story) gather(ctx context.Context) error {
	if _, err := t.run(ctx, signed(""), "tamizdat", t.deskArgs("publish", "anna", "newsroom.draft")...); err != nil {
		return err
	}
	for _, name := range desks()[1:] {
		if err := t.again(ctx, signed(""), "tamizdat", t.deskArgs("join", name, "newsroom.draft")...); err != nil {
			return err
		}
	}
	for _, name := range desks() {
		if err := t.start("desk of "+name, signed(""), "tamizdat", t.deskArgs("run", name)...); err != nil {
			return err
		}
	}
	return nil
}

// deskArgs are the arguments of a desk's command that goes to the drop.
func (t *story) deskArgs(verb, name string, more ...string) []string {
	args := append([]string{"desk", verb, "--dir", name}, t.throughTor()...)
	return append(args, more...)
}

// sourceArgs are the arguments that all of the source's commands share.
func (t *story) sourceArgs(verb string, more ...string) []string {
	args := append([]string{verb, "--drop", t.dropAddress, "--newsroom", t.newsroom}, t.throughTor()...)
	return append(args, more...)
}

// keysOfAll waits until each desk has brought its keys. A letter that is written before goes
// to those who have, and the one who reads it later may be another.
func (t *story) keysOfAll(ctx context.Context) error {
	for _, name := range desks() {
		err := t.waitFor(ctx, "the first keys of "+name, t.patient(45*time.Second), func() (bool, error) {
			out, err := t.quiet(ctx, signed(""), "tamizdat", "desk", "status", "--dir", name, "--json")
			if err != nil {
				return false, err
			}
			var s struct {
				KeysUntil int64 `json:"keys_until"`
			}
			err = json.Unmarshal([]byte(out), &s)
			return err == nil && s.KeysUntil > 0, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// giveWords waits until the desks have been heard of.
func (t *story) giveWords(ctx context.Context) error {
	if err := t.keysOfAll(ctx); err != nil {
		return err
	}
	var out string
	err := t.waitFor(ctx, "the drop", t.patient(45*time.Second), func() (ok bool, err error) {
		out, err = t.quiet(ctx, "", "tamizdat-source", t.sourceArgs("new")...)
		return err == nil && valueOf(out, "words") != "", err
	})
	if err != nil {
		return err
	}
	t.env.Printf("  $ %s\n", shown("tamizdat-source", t.sourceArgs("new")))
	t.show(out)
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "words: "); ok {
			t.words = strings.TrimSpace(rest)
		}
	}
	if len(strings.Fields(t.words)) != 12 {
		return errors.New("these are not twelve words")
	}
	return nil
}

func (t *story) writeLetter(ctx context.Context) error {
	if err := errors.Join(t.write("letter.txt", letterText), t.write("sheet.txt", attachmentText)); err != nil {
		return err
	}
	args := t.sourceArgs("send", "--text", "letter.txt", "--attach", "sheet.txt")
	return t.waitFor(ctx, "keys of the newsroom", t.patient(30*time.Second), func() (bool, error) {
		out, err := t.quiet(ctx, t.words+"\n", "tamizdat-source", args...)
		if err != nil {
			return false, err
		}
		t.env.Printf("  $ %s\n", shown("tamizdat-source", args))
		t.show(out)
		return true, nil
	})
}

func (t *story) readLetter(ctx context.Context) error {
	if err := t.waitFor(ctx, "the letter", t.patient(30*time.Second), func() (bool, error) { return t.letterIn(ctx, "boris") }); err != nil {
		return err
	}
	for _, args := range [][]string{{"list"}, {"read", t.letter}} {
		args = append([]string{"desk", args[0], "--dir", "boris"}, args[1:]...)
		if _, err := t.run(ctx, signed(""), "tamizdat", args...); err != nil {
			return err
		}
	}
	if err := os.Mkdir(t.path("saved"), 0o700); err != nil {
		return err
	}
	if _, err := t.run(ctx, signed(""), "tamizdat", t.deskArgs("save", "boris", t.letter, "--to", "saved", "--now")...); err != nil {
		return err
	}
	if err := t.sameAttachment(); err != nil {
		return err
	}
	_, err := t.run(ctx, signed(replyText), "tamizdat", "desk", "reply", "--dir", "boris", t.letter)
	return err
}

// letterIn looks whether a desk has the letter yet.
func (t *story) letterIn(ctx context.Context, name string) (bool, error) {
	out, err := t.quiet(ctx, signed(""), "tamizdat", "desk", "list", "--dir", name, "--json")
	if err != nil {
		return false, err
	}
	var letters []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &letters); err != nil || len(letters) == 0 {
		return false, err
	}
	t.letter = letters[0].ID
	return true, nil
}

// sameAttachment compares what was saved with what was sent.
func (t *story) sameAttachment() error {
	files, err := filepath.Glob(t.path("saved", "*"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("one file was attached, %d were saved", len(files))
	}
	got, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	if !bytes.Equal(got, []byte(attachmentText)) {
		return errors.New("the saved file is not the one that was sent")
	}
	t.env.Printf("    (the saved file is the one that was sent, byte for byte)\n")
	return nil
}

func (t *story) readAnswer(ctx context.Context) error {
	var out string
	err := t.waitFor(ctx, "the answer", t.patient(60*time.Second), func() (ok bool, err error) {
		out, err = t.quiet(ctx, t.words+"\n", "tamizdat-source", t.sourceArgs("read")...)
		return strings.Contains(out, strings.Fields(replyText)[0]), err
	})
	if err != nil {
		return err
	}
	t.env.Printf("  $ %s\n", shown("tamizdat-source", t.sourceArgs("read")))
	t.show(out)
	return nil
}
