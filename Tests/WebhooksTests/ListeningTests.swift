import Contacts
import Foundation
import JobQueue
import Points
import TestSupport
import Testing

@testable import Webhooks

@Suite("What webhooks are told of, in the transaction of the change (api.md 9)")
struct ListeningTests {
  @Test("A new contact and its changes; of one transaction once")
  func contacts() async throws {
    try await WebhooksBed.with { bed in
      try await bed.webhook(.contactIdentified, .contactUpdated)
      let id = try await bed.contact(["email": "ann@x.test", "city": "Bonn", "points": "3"])
      #expect(try await bed.waiting() == ["lead_post_save_new \(id)"])
      try await bed.edit(id, ["city": "Mainz"])
      try await bed.edit(id, ["city": "Mainz"])
      #expect(
        try await bed.waiting() == ["lead_post_save_new \(id)", "lead_post_save_update \(id)"])
    }
  }

  @Test("Who listens to changes alone does not hear of new contacts")
  func changesAlone() async throws {
    try await WebhooksBed.with { bed in
      try await bed.webhook(.contactUpdated)
      let id = try await bed.contact()
      #expect(try await bed.waiting() == [])
      try await bed.edit(id, ["city": "Mainz"])
      #expect(try await bed.waiting() == ["lead_post_save_update \(id)"])
    }
  }

  @Test("A visitor is told of once known, as new")
  func visitors() async throws {
    try await WebhooksBed.with { bed in
      try await bed.webhook(.contactIdentified, .contactUpdated, .contactDeleted)
      let id = try await bed.contact(["city": "Bonn"])
      try await bed.edit(id, ["city": "Mainz"])
      #expect(try await bed.waiting() == [])
      try await bed.edit(id, ["email": "ann@x.test"])
      #expect(try await bed.waiting() == ["lead_post_save_new \(id)"])
    }
  }

  @Test("A merge changes the winner and deletes the loser")
  func merges() async throws {
    try await WebhooksBed.with { bed in
      let winner = try await bed.contact()
      let loser = try await bed.contact(["email": "ann@y.test"])
      try await bed.webhook(.contactIdentified, .contactUpdated, .contactDeleted)
      let merger = ContactMerger(
        fields: bed.fields, tables: MergeTable.contacts, companies: { CompanyRules() })
      try await merger.merge(
        loser, into: winner, by: .system, now: bed.now, with: bed.jobs.transactions)
      #expect(
        try await bed.waiting() == ["lead_post_delete \(loser)", "lead_post_save_update \(winner)"])
    }
  }

  @Test("A deleted contact leaves its values")
  func deletions() async throws {
    try await WebhooksBed.with { bed in
      let id = try await bed.contact(["email": "ann@x.test", "city": "Bonn"])
      try await bed.webhook(.contactDeleted)
      _ = try await ContactStore(pool: bed.pool, fields: bed.fields).delete([id])
      #expect(try await bed.waiting() == ["lead_post_delete \(id)"])
      let data = try #require(try await bed.data().first)
      #expect(data.contains(#""email": "ann@x.test""#) && data.contains(#""city": "Bonn""#))
      #expect(data.contains(#""id": \#(id)"#) && !data.contains("identity_shared"))
    }
  }

  @Test("PTS-30: changes of points are told with both numbers, changes of groups are not")
  func points() async throws {
    try await WebhooksBed.with { bed in
      let id = try await bed.contact()
      try await bed.webhook(.pointsChanged)
      let reason = PointsReason(type: "test", eventName: "Given", actionName: "plus")
      try await bed.pool.query(
        "INSERT INTO point_groups (id, name, date_added) VALUES (1, 'Interest', \(bed.now))")
      try await bed.jobs.transaction { transaction in
        _ = try await ContactPoints.change(
          [id], .plus, by: 5, reason: reason, author: .system, isAudited: false, in: transaction)
        _ = try await GroupScores.change(
          [id], .points(.plus), by: 9, group: 1, reason: reason, author: .system,
          isAudited: false, in: transaction)
        _ = try await ContactPoints.change(
          [id], .minus, by: 2, reason: reason, author: .system, isAudited: false, in: transaction)
      }
      #expect(
        try await bed.data() == [
          #"{"points": {"new_points": 5, "old_points": 0}}"#,
          #"{"points": {"new_points": 3, "old_points": 5}}"#,
        ])
      try await bed.edit(id, ["points": "10"])
      #expect(
        try await bed.data().last == #"{"points": {"new_points": 10, "old_points": 3}}"#)
    }
  }

  @Test("A channel that is closed and opened again")
  func subscriptions() async throws {
    try await WebhooksBed.with { bed in
      let id = try await bed.contact()
      try await bed.webhook(.subscriptionChanged)
      try await bed.jobs.transaction { transaction in
        _ = try await DoNotContactStore.add(
          [id], channel: "email", reason: .bounced, in: transaction)
      }
      try await bed.jobs.transaction { transaction in
        _ = try await DoNotContactStore.add(
          [id], channel: "email", reason: .unsubscribed, in: transaction)
        _ = try await DoNotContactStore.remove([id], channel: "email", in: transaction)
      }
      let statuses = try await bed.texts(
        """
        SELECT concat_ws(' ', data ->> 'channel', data ->> 'old_status', data ->> 'new_status')
        FROM webhook_queue ORDER BY id
        """)
      #expect(
        statuses == [
          "email contactable bounced", "email bounced unsubscribed",
          "email unsubscribed contactable",
        ])
    }
  }

  @Test("Companies, and who belongs to them")
  func companies() async throws {
    try await WebhooksBed.with { bed in
      try await bed.webhook(.companySaved, .companyDeleted, .companyLinksChanged)
      let id = try await bed.contact(["email": "ann@x.test", "company": "Acme"])
      let company = try #require(
        try await bed.texts("SELECT id::text FROM companies").first.flatMap(Int64.init))
      #expect(
        try await bed.waiting().contains("lead_company_change \(id) of \(company)"))
      #expect(try await bed.waiting().contains("company_post_save of \(company)"))
      let companies = CompanyStore(
        transactions: bed.jobs.transactions, fields: bed.fields,
        rules: { CompanyRules() })
      _ = try await companies.delete(company, by: .system, now: bed.now)
      #expect(try await bed.waiting().contains("company_post_delete of \(company)"))
    }
  }

  @Test("A segment that a contact enters and leaves")
  func segments() async throws {
    try await WebhooksBed.with { bed in
      let id = try await bed.contact()
      try await bed.webhook(.segmentsChanged)
      try await bed.pool.query(
        """
        INSERT INTO segment_history (contact_id, segment_id, entered, cause, at)
        VALUES (\(id), 7, true, 1, \(bed.now)), (\(id), 7, false, 1, \(bed.now))
        """)
      #expect(
        try await bed.waiting() == ["lead_list_change \(id) of 7", "lead_list_change \(id) of 7"])
      #expect(try await bed.data() == [#"{"action": "added"}"#, #"{"action": "removed"}"#])
    }
  }

  @Test(
    "Each webhook is told of what it listens to, an unpublished one of nothing, and a rollback of nothing"
  )
  func listeners() async throws {
    try await WebhooksBed.with { bed in
      let first = try await bed.webhook(.contactIdentified)
      let second = try await bed.webhook(.contactIdentified, .pointsChanged)
      try await bed.webhook(.contactIdentified) { $0.isPublished = false }
      let id = try await bed.contact()
      let told = try await bed.texts("SELECT webhook_id::text FROM webhook_queue ORDER BY id")
      #expect(told == ["\(first.id)", "\(second.id)"])
      struct Undone: Error {}
      await #expect(throws: Undone.self) {
        try await bed.jobs.transaction { transaction in
          _ = try await ContactPoints.change(
            [id], .plus, by: 5,
            reason: PointsReason(type: "test", eventName: "Given", actionName: "plus"),
            author: .system, in: transaction)
          throw Undone()
        }
      }
      #expect(try await bed.waiting().count == 2)
    }
  }
}
