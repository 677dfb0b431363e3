"""An RTSP camera on loopback, by GStreamer's server: run by the system's Python, which has its bindings.

Prints a line when it listens on the port that is its argument.
"""

import sys

import gi  # type: ignore[import-not-found] # the system's

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found] # noqa: E402

FILM = (
    "( videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=25/1"
    " ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
)

Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(FILM)
server = GstRtspServer.RTSPServer(address="127.0.0.1", service=sys.argv[1])
server.get_mount_points().add_factory("/stream", factory)
if not server.attach(None):
    sys.exit("the port is taken")
print("listening", flush=True)
GLib.MainLoop().run()
