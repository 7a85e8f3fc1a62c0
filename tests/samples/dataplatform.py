"""Sample data for open data and releases."""

from tests.samples.world import Visit

SAMPLES = {
    "dataplatform.index": lambda world: "/data",
    "dataplatform.file": lambda world: [
        "/data/feedback-by-area.csv",
        "/data/feedback-by-area.geojson",
        "/data/proposals.csv",
        "/data/participation-by-channel.csv",
    ],
    "dataplatform.columns": lambda world: "/data/feedback-by-area.README.md",
    "dataplatform_manage.index": lambda world: "/staff/releases",
    "dataplatform_manage.release": lambda world: ["/staff/releases/feedback-by-area", "/staff/releases/contact-opt-ins"],
}
EXTRAS = (
    lambda world: Visit("/data/contact-opt-ins.csv", viewer="nobody", status=404),
    lambda world: Visit("/data/nothing-like-this.csv", viewer="nobody", status=404),
)
UNIQUE = {"release": ("data_set", "number")}
