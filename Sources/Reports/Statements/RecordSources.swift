import Fields
import Postgres
import Query
import Users

extension ReportCatalogue {
  /// The records that users create, each with its counts.
  static func records(_ fields: FieldSet) -> [ReportSource] {
    [
      .records(
        "leads", "Contacts", of: "contacts",
        joins: """
          LEFT JOIN users AS owners ON owners.id = contacts.owner_id
          LEFT JOIN stages ON stages.id = contacts.stage_id
          """,
        columns: ReportColumn.contacts(fields)
          + ReportColumn.of("owners", as: "u", "Owner", "username first_name last_name email")
          + ReportColumn.of("stages", as: "st", "Stage", "name"),
        limits: [AreaLimit(.contacts) { "contacts.owner_id = \($0)" }]),
      .records(
        "companies", "Companies", of: "companies", columns: ReportColumn.companies(fields),
        limits: [AreaLimit(.contacts) { "companies.owner_id = \($0)" }]),
      .records(
        "emails", "E-mails", of: "emails",
        columns: ReportColumn.of(
          "emails", as: "e", "E-mail",
          """
          id# name subject email_type language is_published? publish_up@ publish_down@ date_added@ \
          created_by# created_by_user sent_count# read_count# click_count# unique_click_count# \
          unsubscribed_count# bounced_count# failed_count#
          """), limits: [AreaLimit(.emails) { "emails.created_by = \($0)" }]),
      .records(
        "pages", "Landing pages", of: "pages",
        joins: """
          LEFT JOIN LATERAL (SELECT sum(c.hits)::bigint AS hits, sum(c.devices)::bigint AS unique_hits
            FROM page_counts c WHERE c.page_id = pages.id) AS counts ON true
          """,
        columns: ReportColumn.of(
          "pages", as: "p", "Page",
          "id# title alias language is_published? publish_up@ publish_down@ date_added@ "
            + "created_by# created_by_user")
          + ReportColumn.of("counts", as: "p", "Page", "hits# unique_hits#"),
        limits: [AreaLimit(.pages) { "pages.created_by = \($0)" }]),
      .records(
        "forms", "Forms", of: "forms",
        joins: """
          LEFT JOIN LATERAL (SELECT count(*) AS submissions FROM form_submissions f
            WHERE f.form_id = forms.id) AS counts ON true
          """,
        columns: ReportColumn.of(
          "forms", as: "f", "Form",
          "id# name alias form_type is_published? publish_up@ publish_down@ date_added@ "
            + "created_by# created_by_user")
          + ReportColumn.of("counts", as: "f", "Form", "submissions#"),
        limits: [AreaLimit(.forms) { "forms.created_by = \($0)" }]),
      .records(
        "assets", "Assets", of: "assets",
        joins: """
          LEFT JOIN LATERAL (SELECT sum(c.downloads)::bigint AS download_count,
            sum(c.devices)::bigint AS unique_download_count FROM asset_counts c
            WHERE c.asset_id = assets.id) AS counts ON true
          """,
        columns: ReportColumn.of(
          "assets", as: "a", "Asset",
          "id# title alias language extension mime size# is_published? publish_up@ "
            + "publish_down@ date_added@ created_by# created_by_user")
          + ReportColumn.of("counts", as: "a", "Asset", "download_count# unique_download_count#"),
        limits: [AreaLimit(.assets) { "assets.created_by = \($0)" }]),
      .records(
        "campaigns", "Campaigns", of: "campaigns",
        columns: ReportColumn.of(
          "campaigns", as: "c", "Campaign",
          "id# name description is_published? publish_up@ publish_down@ date_added@ created_by# "
            + "created_by_user"),
        limits: [AreaLimit(.campaigns) { "campaigns.created_by = \($0)" }]),
    ]
  }
}
