//go:build unix

package pgtest

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

//go:embed keeper.sh
var keeper string

// startLocal runs the server binaries of this machine.
func startLocal(ctx context.Context, _ func(string) string) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	cmd, dir, err := keep(bin)
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	lifeline, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		os.Remove(dir)
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		lifeline.Close()
		<-ended
	}

	dsn := (&url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}, "port": {"5432"}, "sslmode": {"disable"}}.Encode(),
	}).String()
	if err := await(ctx, dsn, ended); err != nil {
		stop()
		return nil, fmt.Errorf("%s: %w: %s", bin, err, strings.ReplaceAll(strings.TrimSpace(output.String()), "\n", " | "))
	}
	s, err := connect(ctx, dsn, random(), stop)
	if err != nil {
		stop()
	}
	return s, err
}

// keep returns the command that runs a server in dir, a new directory, until
// its standard input is closed.
func keep(bin string) (cmd *exec.Cmd, dir string, err error) {
	account, err := unprivileged()
	if err != nil {
		return nil, "", err
	}
	// Not TMPDIR: the path of a socket may have no more than 103 bytes, and
	// root's TMPDIR may be closed to the account that the server runs as.
	if dir, err = os.MkdirTemp("/tmp", "stint-postgres-"); err != nil {
		return nil, "", err
	}
	if account != nil {
		if err := os.Chown(dir, int(account.Uid), int(account.Gid)); err != nil {
			os.Remove(dir)
			return nil, "", err
		}
	}
	cmd = exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper.sh", dir, bin}, settings...)...)
	cmd.Dir = "/" // the present one may be closed to the account
	// HOME too: libpq inside the server (dblink, foreign tables) reads it.
	cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C")
	// A group of its own, so that an interrupt from the terminal ends the test
	// process first, and the keeper then cleans up.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: account}
	return cmd, dir, nil
}

// binaries returns the directory of a server that is new enough: the one in
// PATH, or the newest where Debian's packages put them, outside of PATH.
func binaries() (string, error) {
	var found []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, filepath.Dir(path))
		}
	}
	packaged, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(packaged, func(a, b string) int { return packageVersion(b) - packageVersion(a) })
	for _, bin := range append(found, packaged...) {
		if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
			continue
		}
		version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
		if err == nil && majorVersion(string(version)) >= 15 {
			return bin, nil
		}
	}
	return "", errors.New("initdb and postgres, 15 or later, are neither in PATH nor in /usr/lib/postgresql/*/bin")
}

func packageVersion(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

var versionDigits = regexp.MustCompile(`PostgreSQL\) (\d+)`)

// majorVersion reads the output of postgres --version.
func majorVersion(output string) int {
	match := versionDigits.FindStringSubmatch(output)
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(match[1])
	return n
}

// unprivileged returns the account to run the server as, and nil for our own.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL refuses root, and there is no user postgres or nobody: run the tests as another user")
}
