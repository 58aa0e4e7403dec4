// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli

import (
	"context"
	"os/signal"
	"syscall"
)

// untilHangUp ends when the terminal is closed. Unlike an interrupt a second
// hang-up does not kill: one comes from the system and one from the shell, both
// at once. Where somebody had it ignored (nohup) it stays so.
func untilHangUp(ctx context.Context) context.Context {
	if signal.Ignored(syscall.SIGHUP) {
		return ctx
	}
	ctx, _ = signal.NotifyContext(ctx, syscall.SIGHUP) // to the end of the process
	return ctx
}
