package zone_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestZonesLoad(t *testing.T) {
	t.Run("an IANA name is loaded once", func(t *testing.T) {
		var zones zone.Zones
		for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+1", "EST5EDT"} {
			loc, err := zones.Load(name)
			require.NoError(t, err, name)
			assert.Equal(t, name, loc.String())
			again, err := zones.Load(name)
			require.NoError(t, err)
			assert.Same(t, loc, again)
		}
	})
	t.Run("what means something else elsewhere, or nothing, is refused", func(t *testing.T) {
		var zones zone.Zones
		for _, name := range []string{
			"", "Local", "localtime", "posixrules", "Factory", "Mars/Olympus_Mons", "CEST", "+02:00", "UTC+2", "Europe", "Europe/", "/Europe/Berlin",
			"Europe//Berlin", "Europe/./Berlin", "../zoneinfo/Europe/Berlin", "posix/Europe/Berlin", "right/Europe/Berlin",
			"Europe/Berlin ", "Europe/Berlin\x00", "Europe\\Berlin", "zone.tab", "/etc/localtime",
			"Europe/Berlin/Europe/Berlin/Europe/Berlin/Europe/Berlin/Europe/Berlin",
		} {
			loc, err := zones.Load(name)
			assertInput(t, err, zone.CodeUnknownZone, "zone", name)
			assert.Nil(t, loc)
		}
	})
	t.Run("goroutines get the same zone", func(t *testing.T) {
		var zones zone.Zones
		var got [16]*time.Location
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i], _ = zones.Load("Pacific/Apia") })
		}
		wg.Wait()
		require.NotNil(t, got[0])
		for _, loc := range got {
			assert.Same(t, got[0], loc)
		}
	})
}
