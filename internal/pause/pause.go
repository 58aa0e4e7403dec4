// SPDX-License-Identifier: Apache-2.0

// Package pause waits, and stops waiting when nobody wants the result any more. Call
// [For].
package pause

import (
	"context"
	"time"
)

// For waits for d, or gives the context's error as soon as ctx ends.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
