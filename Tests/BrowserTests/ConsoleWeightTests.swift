import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// What the pages of the console weigh (console.md, CSL-5).
  @Suite("The weight of the console") struct ConsoleWeightTests {
    /// The most that an ordinary page takes with an empty cache, in bytes.
    private static let most = 100_000
    /// What pages with an island may take besides.
    private static let extras: [(page: String, bytes: Int)] = [
      // The canvas with its layout (dagre).
      ("/console/campaigns/{id}", 115_000), ("/console/campaigns/{id}/edit", 115_000),
      ("/console/campaigns/new", 115_000),
      // The builder of segments with its fields.
      ("/console/segments/new", 45_000), ("/console/segments/{id}/edit", 45_000),
      // The builder of e-mails with GrapesJS.
      ("/console/emails/{id}/edit", 380_000), ("/console/emails/new", 380_000),
    ]

    @Test("CSL-5: no page takes more than it may, and docs/console.md says what each takes")
    func everyPage() async throws {
      let world = try World.current
      let ids = try await Self.records(world.records)
      let table = try FigureTable().rows
      try await world.visit(logsTraffic: true) { browser in
        // The page of tracking shows the latest visits.
        try await browser.open(world.site.page("/weighed"))
        try await browser.wait(for: "delivered[0]")
        try await browser.signIn(world)
        let links = try await browser.run(
          "return [...document.querySelectorAll('.nav li a')].map(link => link.getAttribute('href'))"
        )
        let pages = links.elements.compactMap(\.text) + Self.others
        var (measured, faults): ([FigureTable.Row], [String]) = ([], [])
        for page in pages {
          var path = page
          for (kind, id) in ids where path.hasPrefix("/console/\(kind)/") {
            path = path.replacing("{id}", with: "\(id)")
          }
          let traffic = try await browser.weigh(world.martlet + path)
          measured.append(FigureTable.Row(page: page, traffic: traffic))
          let most = Self.most + (Self.extras.first { $0.page == page }?.bytes ?? 0)
          if traffic.bytes > most {
            faults.append("\(page) takes \(traffic.bytes) bytes, more than \(most)")
          }
        }
        if TestVariable.isSet("MARTLET_WRITE_FIGURES") {
          try FigureTable.write(measured)
        } else {
          faults += Self.differences(measured, table)
        }
        guard faults.isEmpty else { throw Browser.Failure(faults.joined(separator: "\n")) }
      }
    }

    /// Pages that the navigation does not lead to itself.
    private static let others = [
      "/console/contacts/new", "/console/contacts/{id}", "/console/contacts/{id}/edit",
      "/console/companies/new", "/console/segments/new", "/console/segments/{id}",
      "/console/segments/{id}/edit", "/console/imports/new", "/console/exports/new",
      "/console/campaigns/new", "/console/campaigns/{id}", "/console/campaigns/{id}/edit",
      "/console/campaigns/{id}/members", "/console/campaigns/{id}/simulate",
      "/console/emails/new", "/console/emails/{id}", "/console/emails/{id}/edit",
      "/console/forms/new", "/console/forms/{id}", "/console/forms/{id}/results",
      "/console/pages/new", "/console/stages/new", "/console/points/new", "/console/reports/new",
      "/console/users/new", "/console/roles/new", "/console/webhooks/new",
      "/console/work/jobs", "/console/work/workers", "/console/profile",
      "/console/profile/sessions",
    ]

    /// A record of each kind whose page is weighed, by the first part of its path.
    private static func records(_ records: Records) async throws -> [(kind: String, id: Int)] {
      let segment = try await records.make("segments", "list", #"{"name":"Weighed"}"#)
      return [
        (
          "contacts",
          try await records.make(
            "contacts", "contact",
            #"{"firstname":"Wilma","lastname":"Weight","email":"wilma@weight.example","city":"Bern"}"#
          ).id
        ),
        ("segments", segment.id),
        (
          "campaigns",
          try await records.make(
            "campaigns", "campaign",
            """
            {"name":"Weighed","isPublished":false,"lists":[\(segment.id)],"events":[
            {"id":"new1","name":"points","type":"lead.changepoints","eventType":"action","order":1,
             "properties":{"points":1},"triggerMode":"immediate"}]}
            """
          ).id
        ),
        (
          "emails",
          try await records.make(
            "emails", "email",
            #"{"name":"Weighed","subject":"Weighed","emailType":"template","customHtml":"<p>Hello</p>"}"#
          ).id
        ),
        (
          "forms",
          try await records.make(
            "forms", "form",
            #"{"name":"Weighed","formType":"standalone","fields":[{"label":"E-mail","type":"email","alias":"email"}]}"#
          ).id
        ),
      ]
    }

    /// Where a table says something else: bytes may differ by a tenth, because records differ. There may be a request
    /// more, for a part of the page whose live figures changed meanwhile.
    private static func differences(
      _ measured: [FigureTable.Row], _ table: [FigureTable.Row]
    ) -> [String] {
      let said = Dictionary(table.map { ($0.page, $0.traffic) }) { first, _ in first }
      var faults = Set(said.keys).subtracting(measured.map(\.page)).sorted().map {
        "docs/console.md tells of \($0), which is no page"
      }
      for row in measured {
        let (now, page) = (row.traffic, row.page)
        guard let was = said[page] else {
          faults.append("docs/console.md does not tell of \(page)")
          continue
        }
        if abs(now.bytes - was.bytes) * 10 > was.bytes {
          faults.append("\(page) takes \(now.bytes) bytes, not \(was.bytes)")
        }
        if !(was.requests...was.requests + 1).contains(now.requests) {
          faults.append("\(page) takes \(now.requests) requests, not \(was.requests)")
        }
      }
      return faults
    }
  }
}
