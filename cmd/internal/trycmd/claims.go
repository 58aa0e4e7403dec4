// SPDX-License-Identifier: Apache-2.0

package trycmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// markClaim makes a claim from a sentence of the letter, and lets an invented
// newspaper repeat it.
func (t *story) markClaim(ctx context.Context) error {
	by := []string{"--by", "boris"}
	for _, args := range [][]string{
		{"new", "archive.log", "--name", "the archive (invented)"},
		{
			"mark", "archive.log", "--from", "letter.txt", "--quote", "одиннадцать", "--text", "Eleven boxes of duty logs were carried out.",
			"--kind", "quantity", "--speaker", "a person in the archive (invented)", "--id", "boxes", "--document", "letter-1", "--title", "letter 1",
		},
		{"add", "archive.log", "party", "kind=outlet", "label=The Tide (invented)", "--id", "tide"},
		{"add", "archive.log", "utterance", "speaker=tide", "claims=boxes", "upstream_unknown=yes", "--id", "retold"},
	} {
		if _, err := t.run(ctx, "", "tamizdat", append(append([]string{"case"}, args...), by...)...); err != nil {
			return err
		}
	}
	out, err := t.run(ctx, "", "tamizdat", "case", "show", "archive.log", "boxes")
	if err == nil && !strings.Contains(out, "1–2 origins") {
		err = errors.New("the claim should have one or two origins")
	}
	if err != nil {
		return err
	}
	return t.refuseCertainty(ctx)
}

// refuseCertainty rates the claim as confirmed, which one letter cannot be.
func (t *story) refuseCertainty(ctx context.Context) error {
	rate := func(value string) error {
		_, err := t.run(ctx, "", "tamizdat", "case", "set", "archive.log", "boxes", "credibility="+value, "--by", "anna")
		return err
	}
	err := rate("1")
	var refused *failure
	if !errors.As(err, &refused) || !strings.Contains(refused.said, "two independent origins") {
		return fmt.Errorf("credibility 1 was not refused: %w", err)
	}
	t.show(refused.said)
	return rate("3")
}

// moveRisk enters what the desk knows on a Friday, shows the lanes, lets three
// people give their first numbers, and freezes the week.
func (t *story) moveRisk(ctx context.Context) error {
	if err := t.write("friday.json", riskText); err != nil {
		return err
	}
	load := []string{"case", "load", "friday.json", "--into", "archive.log", "--by", "vera"}
	if err := t.again(ctx, "", "tamizdat", load...); err != nil {
		return err
	}
	lanes, err := t.run(ctx, "", "tamizdat", "case", "lanes", "archive.log")
	if err == nil && !strings.Contains(lanes, "sources disagree") {
		err = errors.New("two counts that do not meet should be said to disagree")
	}
	if err != nil {
		return err
	}
	for _, first := range [][]string{
		{"3%", "--because", "base_rate", "--by", "anna"}, {"5%", "--because", "base_rate", "--by", "boris"}, {"8%", "--because", "boxes", "--by", "vera"},
	} {
		if _, err := t.run(ctx, "", "tamizdat", append([]string{"case", "forecast", "archive.log", "inquiry", "--on", "2026-03-06"}, first...)...); err != nil {
			return err
		}
	}
	return t.freezeWeek(ctx, "2026-03-06", "anna", "2.8 % by 2026-06-30")
}

// freezeWeek freezes what the desk says of the question in a week.
func (t *story) freezeWeek(ctx context.Context, friday, by, says string) error {
	args := append([]string{"case", "assess", "archive.log", "inquiry", "--week", friday}, confidence()...)
	out, err := t.run(ctx, "", "tamizdat", append(args, "--by", by)...)
	if err == nil && !strings.Contains(out, says) {
		err = fmt.Errorf("the week of %s should say %q", friday, says)
	}
	return err
}

// moveAgain lets one of them move a week later, who needs a cause for it.
func (t *story) moveAgain(ctx context.Context) error {
	move := func(more ...string) error {
		args := append([]string{"case", "forecast", "archive.log", "inquiry", "15%", "--on", "2026-03-13", "--by", "vera"}, more...)
		_, err := t.run(ctx, "", "tamizdat", args...)
		return err
	}
	var refused *failure
	if err := move(); !errors.As(err, &refused) || !strings.Contains(refused.said, "needs a cause") {
		return fmt.Errorf("a move without a cause was not refused: %w", err)
	}
	t.show(refused.said)
	if _, err := t.run(ctx, "", "tamizdat", "case", "set", "archive.log", "asked", "checks="+checkText, "--append", "--by", "vera"); err != nil {
		return err
	}
	if err := move("--because", "asked-1"); err != nil {
		return err
	}
	if err := t.freezeWeek(ctx, "2026-03-13", "boris", "since last Friday: 2.8 → "); err != nil {
		return err
	}
	_, err := t.run(ctx, "", "tamizdat", "case", "board", "archive.log", "inquiry", "--today", "2026-03-13")
	return err
}

// catchQuote lets an invented newspaper change a number.
func (t *story) catchQuote(ctx context.Context) error {
	if err := t.write("article.txt", articleText); err != nil {
		return err
	}
	out, err := t.run(ctx, "", "tamizdat-verify", "quote", "article.txt", "--site", filepath.Join("press", "site"), "--policy", filepath.Join("press", "policy.txt"))
	if err == nil {
		return errors.New("the verifier found nothing wrong with a changed quotation")
	}
	if !strings.Contains(strings.ToLower(out), "altered") || !strings.Contains(out, "seventy") {
		return fmt.Errorf("the verifier did not say what was changed: %w", err)
	}
	return nil
}

// study shows the founding case.
func (t *story) study(ctx context.Context) error {
	for _, args := range [][]string{
		{"study", "--out", "founding.json"},
		{"show", "founding.json", "C1"},
		{"mutations", "founding.json"},
		{"lanes", "founding.json", "--known-at", "2022-03-25"},
	} {
		if _, err := t.run(ctx, "", "tamizdat", append([]string{"case"}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// playPanel lets an invented panel give numbers for the founding case, from its
// first week to its score. What the panel adds stays apart from the study.
func (t *story) playPanel(ctx context.Context) error {
	for _, args := range [][]string{
		{"study", "--panel", "--out", "panel.json"},
		{"new", "study.log", "--name", "the founding case with an invented panel", "--by", "anna"},
		{"load", "founding.json", "--leave-out", "Q1.resolution", "--leave-out", "Q1.resolved_at", "--into", "study.log", "--by", "anna"},
		{"set", "study.log", "Q1", "base_rate=0.02", "reference_class=coups anywhere, and old leaders leaving (invented choice)", "--by", "anna"},
		{"load", "panel.json", "--into", "study.log", "--by", "anna"},
	} {
		if err := t.again(ctx, "", "tamizdat", append([]string{"case"}, args...)...); err != nil {
			return err
		}
	}
	return t.resolvePanel(ctx)
}

// resolvePanel has two of the panel say how it turned out, and shows the board and
// the scores.
func (t *story) resolvePanel(ctx context.Context) error {
	for _, who := range []string{"panelist A (invented)", "panelist B (invented)"} {
		if _, err := t.run(ctx, "", "tamizdat", "case", "resolve", "study.log", "Q1", "NO", "--at", "2023-01-01", "--document", "panel-note", "--by", who); err != nil {
			return err
		}
	}
	board, err := t.whole(ctx, "tamizdat", "case", "board", "study.log", "Q1")
	if err == nil && (!strings.Contains(board, "2022-03-25       2.8 %") || !strings.Contains(board, "resolved NO on 2023-01-01")) {
		err = errors.New("the board should go from 2.8 % in its first week to the resolution")
	}
	if err != nil {
		return err
	}
	_, err = t.run(ctx, "", "tamizdat", "case", "scores", "study.log")
	return err
}
