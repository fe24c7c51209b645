package import Users

/// A figure, chart or table of a dashboard (api.md 10, `/data`).
package enum WidgetType: String, Sendable, CaseIterable {
  case recentActivity = "recent.activity"
  case assetDownloads = "asset.downloads.in.time"
  case uniqueDownloads = "unique.vs.repetitive.downloads"
  case popularAssets = "popular.assets"
  case createdAssets = "created.assets"
  case campaignEvents = "events.in.time"
  case campaignMembers = "leads.added.in.time"
  case emails = "emails.in.time"
  case sentEmails = "sent.email.to.contacts"
  case clickedLinks = "most.hit.email.redirects"
  case ignoredEmails = "ignored.vs.read.emails"
  case upcomingEmails = "upcoming.emails"
  case mostSentEmails = "most.sent.emails"
  case mostReadEmails = "most.read.emails"
  case createdEmails = "created.emails"
  case emailDevices = "device.granularity.email"
  case submissions = "submissions.in.time"
  case submissionReferrers = "top.submission.referrers"
  case submitters = "top.submitters"
  case createdForms = "created.forms"
  case newContacts = "created.leads.in.time"
  case identifiedContacts = "anonymous.vs.identified.leads"
  case lifetime = "lead.lifetime"
  case map = "map.of.leads"
  case topSegments = "top.lists"
  case topCreators = "top.creators"
  case topOwners = "top.owners"
  case createdContacts = "created.leads"
  case pageHits = "page.hits.in.time"
  case uniqueVisitors = "unique.vs.returning.leads"
  case dwellTimes = "dwell.times"
  case popularPages = "popular.pages"
  case createdPages = "created.pages"
  case pageDevices = "device.granularity"
  case points = "points.in.time"
  case report
  case stages = "stages.in.time"

  /// The groups with their widgets, as clients list them.
  package static let groups: [(name: String, widgets: [(type: WidgetType, label: String)])] = [
    ("Core Widgets", [(.recentActivity, "Recent Activity")]),
    (
      "Asset Widgets",
      [
        (.assetDownloads, "Downloads in time"),
        (.uniqueDownloads, "Unique vs repetitive downloads"),
        (.popularAssets, "Popular assets"), (.createdAssets, "Created assets"),
      ]
    ),
    (
      "Campaign Widgets",
      [
        (.campaignEvents, "Events triggered in time"),
        (.campaignMembers, "Leads added in time"),
      ]
    ),
    (
      "Email Widgets",
      [
        (.emails, "Emails in time"), (.sentEmails, "Sent email to contacts"),
        (.clickedLinks, "Most hit email redirects"), (.ignoredEmails, "Ignored vs read"),
        (.upcomingEmails, "Upcoming emails"), (.mostSentEmails, "Most sent emails"),
        (.mostReadEmails, "Most read emails"), (.createdEmails, "Created emails"),
        (.emailDevices, "Devices for emails read"),
      ]
    ),
    (
      "Form Widgets",
      [
        (.submissions, "Submissions in time"),
        (.submissionReferrers, "Top submission referrers"), (.submitters, "Top submitters"),
        (.createdForms, "Created forms"),
      ]
    ),
    (
      "Contact Widgets",
      [
        (.newContacts, "Created contacts in time"),
        (.identifiedContacts, "Anonymous vs identified contacts"), (.lifetime, "Lifecycle"),
        (.map, "Map"), (.topSegments, "Top segments"), (.topCreators, "Top contact creators"),
        (.topOwners, "Top contact owners"), (.createdContacts, "Created contacts"),
      ]
    ),
    (
      "Page Widgets",
      [
        (.pageHits, "Page visits in time"), (.uniqueVisitors, "Unique vs returning visitors"),
        (.dwellTimes, "Dwell times"), (.popularPages, "Popular landing pages"),
        (.createdPages, "Created Landing pages"), (.pageDevices, "Device granularity"),
      ]
    ),
    ("Point Widgets", [(.points, "Points in time")]),
    ("Report Widgets", [(.report, "Report Graph")]),
    ("Stage Widgets", [(.stages, "Stages in time")]),
  ]

  /// The areas of which one must be open to a user for any widget at all.
  package static let areas: [PermissionArea] = [
    .assets, .campaigns, .emails, .forms, .contacts, .pages, .points, .reports, .segments, .stages,
    .users,
  ]
}
