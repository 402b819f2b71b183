"""Where keys of the Team page count: in the lanes of free times, in the list of people."""

FREE_SCOPE, PEOPLE_SCOPE = "free", "people"
