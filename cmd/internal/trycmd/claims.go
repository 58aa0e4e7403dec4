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

// moveRisk enters what the desk knows on a Friday, and shows the lanes and the
// board of that day.
func (t *story) moveRisk(ctx context.Context) error {
	if err := t.write("friday.json", riskText); err != nil {
		return err
	}
	if _, err := t.quiet(ctx, "", "tamizdat", "case", "load", "friday.json", "--into", "archive.log", "--by", "vera"); err != nil {
		return err
	}
	t.env.Printf("  $ %s\n", shown("tamizdat", []string{"case", "load", "friday.json", "--into", "archive.log", "--by", "vera"}))
	lanes, err := t.run(ctx, "", "tamizdat", "case", "lanes", "archive.log")
	if err == nil && !strings.Contains(lanes, "sources disagree") {
		err = errors.New("two counts that do not meet should be said to disagree")
	}
	if err != nil {
		return err
	}
	board, err := t.run(ctx, "", "tamizdat", "case", "board", "archive.log", "--today", "2026-03-06")
	if err == nil && !strings.Contains(board, "2.8 % by 2026-06-30") {
		err = errors.New("three forecasts of 3, 5 and 8 % should give 2.8 %")
	}
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
