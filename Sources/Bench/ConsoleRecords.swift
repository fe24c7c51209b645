import Foundation
import Primitives

/// The records of an installation that is used: enough of each kind that lists have many pages.
struct ConsoleRecords {
  let stage: BenchStage
  let browser: BenchBrowser

  /// Records of each kind.
  private static let count = 300

  func fill(contacts: Int) async throws {
    for (kind, json) in Self.kinds {
      for number in 1...Self.count {
        try await browser.send("POST", "/api/\(kind)/new", json(number))
      }
    }
    // Half of all are in a segment of ten; each is changed once.
    try await stage.postgres.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT n, s.id, '2026-01-01Z' FROM generate_series(1, \(contacts)::bigint) AS n
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM segments) AS s
        ON s.place = n % 20 + 1 AND s.place <= 10
      """)
    try await stage.postgres.query(
      """
      INSERT INTO audit_log (bundle, object, object_id, action, details, date_added)
      SELECT 'lead', 'lead', n, 'update', '{}', '2026-01-01Z'::timestamptz + n * interval '1 second'
      FROM generate_series(1, \(contacts)::bigint) AS n
      """)
    try await stage.postgres.query("VACUUM ANALYZE")
  }

  /// The paths of kinds of records, and a record's members.
  private static let kinds: [(String, @Sendable (Int) -> String)] = [
    ("segments", { #"{"name":"Bench \#($0)","alias":"bench-\#($0)","isPublished":true}"# }),
    ("companies", { #"{"companyname":"Company \#($0)","companycity":"Town \#($0 % 40)"}"# }),
    ("tags", { #"{"tag":"tag-\#($0)"}"# }),
    ("categories", { #"{"title":"Category \#($0)","bundle":"global"}"# }),
    ("stages", { #"{"name":"Stage \#($0)","weight":\#($0)}"# }),
    (
      "emails",
      {
        #"{"name":"Mail \#($0)","subject":"News \#($0)","emailType":"template","customHtml":"<p>Hello</p>"}"#
      }
    ),
    (
      "campaigns",
      {
        #"{"name":"Campaign \#($0)","isPublished":false,"lists":[\#($0 % 10 + 1)],"events":[{"id":"new1","name":"points","type":"lead.changepoints","eventType":"action","order":1,"properties":{"points":1},"triggerMode":"immediate"}]}"#
      }
    ),
    (
      "forms",
      {
        #"{"name":"Form \#($0)","formType":"standalone","fields":[{"label":"E-mail","type":"email","alias":"email"}]}"#
      }
    ),
    ("pages", { #"{"title":"Page \#($0)","alias":"page-\#($0)","customHtml":"<p>Hello</p>"}"# }),
    (
      "dynamiccontents", { #"{"name":"Content \#($0)","content":"<p>Hello</p>"}"# }
    ),
    (
      "points",
      { #"{"name":"Points \#($0)","type":"page.hit","delta":1,"properties":{"page_url":"*"}}"# }
    ),
    ("points/triggers", { #"{"name":"Trigger \#($0)","points":\#($0),"color":"336699"}"# }),
    (
      "hooks",
      {
        #"{"name":"Hook \#($0)","webhookUrl":"https://example.com/\#($0)","triggers":["mautic.lead_post_save_new"]}"#
      }
    ),
  ]
}
