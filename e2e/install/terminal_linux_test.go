// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// answer is what a person types where a program asks something.
type answer struct {
	asked *regexp.Regexp // at the end of what stands on the screen
	typed func(screen string) string
}

// typeIn runs a command in a terminal and answers what it asks. It returns all
// that stood on the screen.
func typeIn(t *testing.T, patience time.Duration, answers []answer, args []string) (screen string, err error) {
	t.Helper()
	keyboard, terminal := openTerminal(t)
	defer keyboard.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		terminal.Close()
		return "", err
	}
	terminal.Close()
	var seen strings.Builder
	since := 0 // what came after the last answer begins here
	buf := make([]byte, 4096)
	for {
		n, readErr := keyboard.Read(buf)
		seen.Write(buf[:n])
		if readErr != nil {
			break // the last program at the terminal has ended
		}
		for _, a := range answers {
			if a.asked.MatchString(seen.String()[since:]) {
				text := a.typed(seen.String()[since:])
				since = seen.Len()
				time.Sleep(50 * time.Millisecond) // no echo by now
				fmt.Fprintf(keyboard, "%s\n", text)
				break
			}
		}
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		err = fmt.Errorf("it took longer than %v", patience)
	}
	return strings.ReplaceAll(seen.String(), "\r\n", "\n"), err
}

func openTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil { // wide enough that no line is broken
		err = unix.IoctlSetWinsize(int(keyboard.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 500})
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return keyboard, terminal
}
