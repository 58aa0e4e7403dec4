// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// drawChain prints the tree, one utterance a line.
func drawChain(env *cli.Env, x *claim.Index, of string, chain []claim.Link) {
	for _, l := range chain {
		env.Printf("  %s%s\n", branches(l), utteranceLine(x, of, l))
	}
}

func branches(l claim.Link) string {
	var b strings.Builder
	for d := 1; d <= l.Depth; d++ {
		switch end := d == l.Depth; {
		case end && l.Inferred && l.Last[d]:
			b.WriteString("└┄ ")
		case end && l.Inferred:
			b.WriteString("├┄ ")
		case end && l.Last[d]:
			b.WriteString("└─ ")
		case end:
			b.WriteString("├─ ")
		case l.Last[d]:
			b.WriteString("   ")
		default:
			b.WriteString("│  ")
		}
	}
	return b.String()
}

func utteranceLine(x *claim.Index, of string, l claim.Link) string {
	u := x.Utterance(l.Utterance)
	parts := []string{x.Name(u.Speaker)}
	if u.To != "" {
		parts[0] += " to " + x.Name(u.To)
	}
	if !u.At.IsZero() {
		parts = append(parts, u.At.String())
	}
	if d := x.Document(u.Doc); d != nil {
		parts = append(parts, strings.ReplaceAll(d.Kind, "_", " ")+" "+d.ID)
	}
	for _, s := range []string{u.Fidelity, said(u, l), variant(of, l.Claims)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

func said(u *claim.Utterance, l claim.Link) string {
	switch {
	case l.Again:
		return "see above"
	case l.Inferred && u.Basis == "inferred":
		return "own inference"
	case l.Inferred:
		return "knew of it"
	case u.UpstreamUnknown:
		return "from whom is not known"
	case u.Mode == "denies":
		return "denies it"
	}
	return ""
}

// variant names what an utterance says in place of the claim that was asked for.
func variant(of string, carried []string) string {
	if slices.Contains(carried, of) {
		return ""
	}
	return "as " + strings.Join(carried, ", ")
}
