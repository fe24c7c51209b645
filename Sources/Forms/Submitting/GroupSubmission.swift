import Contacts
import JobQueue
import Postgres

/// Stores submissions by a few statements in one transaction.
struct GroupSubmission: Sendable {
  let editor: ContactEditor
  let visitors: any FormVisitors

  /// A submission that is stored: its position, its contact and its id.
  private typealias Stored = (place: Int, contact: Int64, id: Int64)

  /// The browsers of submissions by position, and what writes them.
  private struct Browsers {
    var found: [Int: FormVisitor] = [:]
    var owners: Set<Int64> = []
    var statements: [SQL] = []
  }

  /// Stores submissions, of visitors whom nothing but their identifiers names.
  ///
  /// - Returns: The receipt of each; nil, and nothing written, where its contact is neither new for certain nor one that
  ///   exists and is free, its token was used, or the form or the definitions of fields have changed since it was checked.
  /// - Throws: `PostgresError` and ``RepeatedSubmission``, after which none of them was stored.
  func store(_ writers: [SubmissionWriter]) async throws -> [FormReceipt?] {
    guard let last = writers.last else { return [] }
    return try await editor.together(from: last.origin) { group in
      let claim = try await group.claim(
        writers.map { NewContact($0.input, activeAt: $0.request.at) },
        also: SubmissionStore.claims(writers.map { $0.submission(of: 0, nil) }))
      let claims = try SubmissionStore.Claims(claim.answers)
      let (new, matches) = (claim.ids, claim.matches)
      let places = current(writers, claims, in: group).filter {
        new[$0] != nil || matches[$0] != nil
      }
      let held = try await group.hold(
        claim, at: Set(places), also: query(places, matches, writers).map { [$0] } ?? [])
      let contacts = new.merging(held.ids) { first, _ in first }
      let stored = places.compactMap { place -> Stored? in
        contacts[place].map { (place, $0, claims.ids[place]) }
      }
      guard !stored.isEmpty else { return writers.map { _ in nil } }
      let browsers = try await browsers(of: stored, writers, held, in: group.transaction)
      let insertion = try SubmissionStore.insertion(
        stored.map { item in
          let visitor = browsers.found[item.place]
          return (item.id, writers[item.place].submission(of: item.contact, visitor?.trackingID))
        })
      let rows = try await group.write(
        claim, at: Set(stored.map(\.place)), held, devicesOf: browsers.owners,
        also: browsers.statements + [insertion])
      guard rows.last?.count == stored.count else { throw RepeatedSubmission() }
      try group.transaction.outbox.add(stored.map { FollowSubmission(submission: $0.id) })
      var receipts = [FormReceipt?](repeating: nil, count: writers.count)
      for (place, contact, id) in stored {
        receipts[place] = writers[place].receipt(id, of: contact, browsers.found[place])
      }
      return receipts
    }
  }

  /// The positions of submissions that were checked by what is current, and whose token nobody used.
  private func current(
    _ writers: [SubmissionWriter], _ claims: SubmissionStore.Claims, in group: ContactGroup
  ) -> [Int] {
    var tokens = claims.tokens
    return writers.indices.filter { place in
      let writer = writers[place]
      return writer.known.version == group.definitions.version
        && claims.versions[writer.form.id] == writer.form.version
        && writer.request.token.map { tokens.insert(.init(writer.form.id, $0)).inserted } ?? true
    }
  }

  /// The query for the devices of contacts that exist.
  private func query(
    _ places: [Int], _ matches: [Int: Int64], _ writers: [SubmissionWriter]
  ) async throws -> SQL? {
    try await visitors.devices(
      of: places.compactMap { place in
        guard writers[place].isTracked, let contact = matches[place] else { return nil }
        return (contact, writers[place].request.visit)
      })
  }

  /// The browsers of submissions, each given to its contact.
  private func browsers(
    of stored: [Stored], _ writers: [SubmissionWriter], _ held: ContactGroup.Held,
    in transaction: Transaction
  ) async throws -> Browsers {
    let tracked = stored.filter { writers[$0.place].isTracked }
    guard !tracked.isEmpty else { return Browsers() }
    let found = try await visitors.introduce(
      tracked.map { ($0.contact, writers[$0.place].request.visit) }, known: held.answers.first,
      now: transaction.now)
    var browsers = Browsers(owners: found.owners, statements: found.statements)
    for (item, device) in zip(tracked, found.devices) {
      if let device {
        browsers.found[item.place] = FormVisitor(contact: item.contact, trackingID: device)
      }
    }
    return browsers
  }
}
