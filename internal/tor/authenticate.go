// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"tamizdat/internal/cli"
)

// Sizes and keys of SAFECOOKIE (control-spec, "AUTHCHALLENGE").
const (
	cookieSize = 32
	nonceSize  = 32
	serverKey  = "Tor safe cookie authentication server-to-controller hash"
	clientKey  = "Tor safe cookie authentication controller-to-server hash"
)

// authenticate proves to the tor behind a control socket that we may read its
// cookie. Where tor can, it proves first that it has read the cookie as well
// (SAFECOOKIE). That a cookie need not be proved (NULL) is for tor to say: who
// listens is known by the socket (see [Dial]).
func (c *Control) authenticate(ctx context.Context) error {
	methods, file, err := c.protocolInfo(ctx)
	switch {
	case err != nil:
		return err
	case slices.Contains(methods, "NULL"):
		_, err = c.do(ctx, "AUTHENTICATE")
		return err
	case slices.Contains(methods, "SAFECOOKIE"):
		return withNamedCookie(file, func(cookie []byte) error { return c.safeCookie(ctx, cookie) })
	case slices.Contains(methods, "COOKIE"):
		return withNamedCookie(file, func(cookie []byte) error { return c.prove(ctx, cookie) })
	}
	return cli.WithHint(fmt.Errorf("%w: it offers no way with a cookie", ErrAuthentication), "set CookieAuthentication 1 in its torrc")
}

// protocolInfo asks how to authenticate.
func (c *Control) protocolInfo(ctx context.Context) (methods []string, cookieFile string, err error) {
	rep, err := c.do(ctx, "PROTOCOLINFO 1")
	if err != nil {
		return nil, "", err
	}
	for _, l := range rep.lines {
		if auth, ok := strings.CutPrefix(l.text, "AUTH "); ok {
			f := fields(auth)
			methods, cookieFile = strings.Split(f["METHODS"], ","), f["COOKIEFILE"]
		}
	}
	if methods == nil {
		return nil, "", errReply("it does not say how to authenticate")
	}
	return methods, cookieFile, nil
}

// withNamedCookie uses a cookie where tor says that it is. It must lie where
// nobody else could have put it.
func withNamedCookie(file string, use func([]byte) error) error {
	dir, err := checkPlace(filepath.Dir(file))
	if err != nil {
		return notAccepted(err)
	}
	return withCookie(filepath.Join(dir, filepath.Base(file)), use)
}

// withCookie reads the cookie and uses it.
func withCookie(file string, use func([]byte) error) error {
	cookie, err := readCookie(file)
	if err != nil {
		return notAccepted(err)
	}
	return use(cookie)
}

func notAccepted(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return cli.WithHint(fmt.Errorf("%w: its cookie may not be read by this user", ErrAuthentication),
			"add the user of this program to the group of tor, on Debian: debian-tor")
	}
	return fmt.Errorf("%w: %w", ErrAuthentication, err)
}

// readCookie reads a file that must be nobody else's and have the size of a
// cookie.
func readCookie(file string) ([]byte, error) {
	f, err := openTrusted(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != cookieSize {
		return nil, errors.New("its cookie has not the size of one")
	}
	cookie := make([]byte, cookieSize)
	_, err = io.ReadFull(f, cookie)
	return cookie, err
}

// safeCookie has tor prove that it knows the cookie, and proves it to tor,
// without either saying it.
func (c *Control) safeCookie(ctx context.Context, cookie []byte) error {
	ours := make([]byte, nonceSize)
	rand.Read(ours)
	rep, err := c.do(ctx, "AUTHCHALLENGE SAFECOOKIE "+hex.EncodeToString(ours))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuthentication, err)
	}
	text, _ := strings.CutPrefix(rep.lines[0].text, "AUTHCHALLENGE ")
	f := fields(text)
	hash, err1 := hex.DecodeString(f["SERVERHASH"])
	theirs, err2 := hex.DecodeString(f["SERVERNONCE"])
	if err1 != nil || err2 != nil || len(theirs) != nonceSize {
		return errReply("a challenge that is none")
	}
	said := slices.Concat(cookie, ours, theirs)
	if !hmac.Equal(hash, mac(serverKey, said)) {
		return fmt.Errorf("%w: it does not know the cookie, so it may not be tor", ErrAuthentication)
	}
	return c.prove(ctx, mac(clientKey, said))
}

func (c *Control) prove(ctx context.Context, secret []byte) error {
	if _, err := c.do(ctx, "AUTHENTICATE "+hex.EncodeToString(secret)); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthentication, err)
	}
	return nil
}

func mac(key string, said []byte) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write(said)
	return m.Sum(nil)
}
