// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"

	"tamizdat/letter/wire"
)

// takeKeys is step 7 of spec/drop.md §4. A bundle that is missing, belongs
// elsewhere or carries no good signature leaves its journalist without keys
// (M-18, M-19, M-20); one that knows of a later roster convicts the drop of
// showing an old one (M-2).
func (v *Visit) takeKeys(file []byte, p wire.Period) error {
	v.period, v.bundles = p, make([]*wire.Bundle, len(v.roster().Journalists))
	f, err := wire.ParseKeysFile(file)
	if err != nil || f.CheckFor(v.key(), p) != nil {
		return nil
	}
	for _, u := range f.Bundles {
		b, err := u.Verify(v.roster())
		if errors.Is(err, wire.ErrChain) {
			return alarm(rowOutdated, toldOutdated, hintHostile, err, v.newsroom.Bytes(), u.Bytes())
		}
		if err != nil {
			continue
		}
		if _, i, ok := v.roster().Journalist(b.ID); ok {
			v.bundles[i] = b
		}
	}
	return nil
}

// checkReach asks whether enough journalists have current keys
// (spec/keys.md §5): two, or one where the roster lists one.
func (v *Visit) checkReach() error {
	have := 0
	for _, b := range v.bundles {
		if b != nil {
			have++
		}
	}
	if have >= v.needed() {
		return nil
	}
	return alarm(rowBundle, toldNobody, "try again later; a drop that holds back keys can keep you from writing, but not learn anything",
		fmt.Errorf("%d of %d journalists have current keys, and %d must", have, len(v.bundles), v.needed()))
}
