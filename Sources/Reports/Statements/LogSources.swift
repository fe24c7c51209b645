import Contacts
import Postgres
import Query
import Users

/// What happened to contacts, with the contact and the record that it is about. The rows are those of a statistics table.
struct LogSource {
  let name: String
  let label: String
  /// The name of the statistics table.
  let table: String
  /// The prefix of its columns.
  let prefix: String
  /// The column with the instant.
  let instant: String
  /// What stands behind the table and its contacts.
  var joins: SQL = ""
  var columns: [ReportColumn] = []
  /// Further permissions beside those of contacts.
  var limits: [AreaLimit] = []

  init(
    _ name: String, _ label: String, _ table: String, as prefix: String, instant: String,
    joins: SQL = "", columns: [ReportColumn] = [], limits: [AreaLimit] = []
  ) {
    self.name = name
    self.label = label
    self.table = table
    self.prefix = prefix
    self.instant = instant
    self.joins = joins
    self.columns = columns
    self.limits = limits
  }

  /// The source with the rows of its table.
  func source(_ table: StatsTable, contacts: [ReportColumn]) -> ReportSource {
    guard table.columns.contains(where: { $0.name == "lead_id" }) else {
      return .log(
        name, label, of: table, as: prefix, instant: instant, joins: joins, columns: columns,
        limits: limits)
    }
    return .log(
      name, label, of: table, as: prefix, instant: instant,
      joins: "LEFT JOIN contacts ON contacts.id = s.lead_id \(sql: joins)",
      columns: columns + contacts, limits: [.contacts("s.lead_id")] + limits)
  }

  /// All of them.
  static let all: [LogSource] = [
    LogSource(
      "lead.pointlog", "Points of contacts", "lead_points_change_log", as: "lp",
      instant: "date_added"),
    LogSource(
      "lead.stagelog", "Stages of contacts", "lead_stages_change_log", as: "sl",
      instant: "date_added", joins: "LEFT JOIN stages ON stages.id = s.stage_id",
      columns: ReportColumn.of("stages", as: "st", "Stage", "name")),
    LogSource(
      "segment.membership", "Members of segments", "lead_lists_leads", as: "lll",
      instant: "date_added", joins: "LEFT JOIN segments ON segments.id = s.leadlist_id",
      columns: ReportColumn.of(
        "segments", as: "s", "Segment",
        "id# name alias is_published? created_by# created_by_user"),
      limits: [
        AreaLimit(.segments) { "segments.created_by = \($0) OR segments.is_global" }
      ]),
    LogSource(
      "segment.log", "Entries and exits of segments", "lead_event_log", as: "log",
      instant: "date_added", joins: "LEFT JOIN segments ON segments.id = s.object_id",
      columns: ReportColumn.of("segments", as: "s", "Segment", "id# name alias"),
      limits: [
        AreaLimit(.segments) { "segments.created_by = \($0) OR segments.is_global" }
      ]),
    LogSource(
      "campaign_lead_event_log", "Log of campaigns", "campaign_lead_event_log", as: "log",
      instant: "date_triggered",
      joins: """
        LEFT JOIN campaigns ON campaigns.id = s.campaign_id
        LEFT JOIN campaign_events ON campaign_events.id = s.event_id
        """,
      columns: ReportColumn.of("campaigns", as: "c", "Campaign", "id# name is_published?")
        + ReportColumn.of("campaign_events", as: "e", "Event", "id# name kind type"),
      limits: [.created(.campaigns, "campaigns", "s.campaign_id")]),
    LogSource(
      "campaign.members", "Members of campaigns", "campaign_leads", as: "cl",
      instant: "date_added", joins: "LEFT JOIN campaigns ON campaigns.id = s.campaign_id",
      columns: ReportColumn.of("campaigns", as: "c", "Campaign", "id# name is_published?"),
      limits: [.created(.campaigns, "campaigns", "s.campaign_id")]),
    LogSource(
      "email.stats", "E-mails sent", "email_stats", as: "es", instant: "date_sent",
      joins: "LEFT JOIN emails ON emails.id = s.email_id",
      columns: ReportColumn.of("emails", as: "e", "E-mail", "id# name subject language email_type"),
      limits: [.created(.emails, "emails", "s.email_id")]),
    LogSource(
      "page.hits", "Page hits", "page_hits", as: "ph", instant: "date_hit",
      joins: """
        LEFT JOIN pages ON pages.id = s.page_id LEFT JOIN devices ON devices.id = s.device_id
        """,
      columns: ReportColumn.of("pages", as: "p", "Page", "id# title alias language")
        + ReportColumn.of(
          "devices", as: "ds", "Device", "device device_brand device_model device_os_name"),
      limits: [.created(.pages, "pages", "s.page_id")]),
    LogSource("video.hits", "Video hits", "video_hits", as: "vh", instant: "date_hit"),
    LogSource(
      "form.submissions", "Submissions of forms", "form_submissions", as: "fs",
      instant: "date_submitted", joins: "LEFT JOIN forms ON forms.id = s.form_id",
      columns: ReportColumn.of("forms", as: "f", "Form", "id# name alias"),
      limits: [.created(.forms, "forms", "s.form_id")]),
    LogSource(
      "asset.downloads", "Downloads of assets", "asset_downloads", as: "ad",
      instant: "date_download", joins: "LEFT JOIN assets ON assets.id = s.asset_id",
      columns: ReportColumn.of("assets", as: "a", "Asset", "id# title alias extension"),
      limits: [.created(.assets, "assets", "s.asset_id")]),
    LogSource(
      "focus.stats", "Views and clicks of focus items", "focus_stats", as: "fst",
      instant: "date_added", joins: "LEFT JOIN focus_items ON focus_items.id = s.focus_id",
      columns: ReportColumn.of("focus_items", as: "fo", "Focus item", "id# name style"),
      limits: [.created(.focusItems, "focus_items", "s.focus_id")]),
    LogSource(
      "contact.dnc", "Do not contact", "lead_donotcontact", as: "dnc", instant: "date_added"),
    LogSource(
      "contact.frequencyrules", "Frequency rules", "lead_frequencyrules", as: "lf",
      instant: "date_added"),
    LogSource(
      "lead.utmTag", "UTM tags of contacts", "lead_utmtags", as: "utm", instant: "date_added"),
    LogSource(
      "lead.devices", "Devices of contacts", "lead_devices", as: "ds", instant: "date_added"),
    LogSource(
      "audit.log", "Changes by users", "audit_log", as: "al", instant: "date_added",
      limits: [AreaLimit(.users) { "s.user_id = \($0)" }]),
  ]
}
