// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"net"

	"tamizdat/internal/cli"
)

// notifier tells systemd how the drop stands (sd_notify(3)). An empty one tells
// nobody. What cannot be told is not worth ending for.
type notifier string

func notifierOf(env *cli.Env) notifier { return notifier(env.Getenv("NOTIFY_SOCKET")) }

// ready says that the drop has started.
func (n notifier) ready() { n.send("READY=1") }

// status is a line that systemctl status shows.
func (n notifier) status(line string) { n.send("STATUS=" + line) }

func (n notifier) send(message string) {
	if n == "" {
		return
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: string(n), Net: "unixgram"})
	if err != nil {
		return
	}
	_, _ = c.Write([]byte(message))
	_ = c.Close()
}
