// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package cli

import "context"

// untilHangUp is ctx: here a terminal that is closed tells nobody.
func untilHangUp(ctx context.Context) context.Context { return ctx }
