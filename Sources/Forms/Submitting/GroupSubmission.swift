import Contacts
import JobQueue
import Postgres

/// Stores submissions of new contacts by a few statements in one transaction.
struct GroupSubmission: Sendable {
  let editor: ContactEditor
  let visitors: any FormVisitors

  /// Stores submissions, of visitors whom nobody knows.
  ///
  /// - Returns: The receipt of each; nil, and nothing written, where its contact is not new for certain, its token was
  ///   used, or the form or the definitions of fields have changed since it was checked.
  /// - Throws: `PostgresError` and ``RepeatedSubmission``, after which none of them was stored.
  func store(_ writers: [SubmissionWriter]) async throws -> [FormReceipt?] {
    guard let last = writers.last else { return [] }
    return try await editor.together(from: last.origin) { group in
      let claim = try await group.claim(
        writers.map { NewContact($0.input, activeAt: $0.request.at) },
        also: SubmissionStore.claims(writers.map { $0.submission(of: 0, nil) }))
      let claims = try SubmissionStore.Claims(claim.answers)
      let contacts = claim.ids
      var tokens = claims.tokens
      var stored: [(place: Int, contact: Int64, id: Int64)] = []
      for (place, writer) in writers.enumerated() {
        guard let contact = contacts[place], writer.known.version == group.definitions.version,
          claims.versions[writer.form.id] == writer.form.version,
          writer.request.token.map({ tokens.insert(.init(writer.form.id, $0)).inserted }) ?? true
        else { continue }
        stored.append((place, contact, claims.ids[place]))
      }
      guard !stored.isEmpty else { return writers.map { _ in nil } }
      let visitors = try await visitors(of: stored, writers, in: group.transaction)
      let insertion = try SubmissionStore.insertion(
        stored.map { item in
          let visitor = visitors.found[item.place]
          return (item.id, writers[item.place].submission(of: item.contact, visitor?.trackingID))
        })
      let rows = try await group.create(
        claim, at: Set(stored.map(\.place)),
        also: [visitors.statement, insertion].compactMap(\.self))
      guard rows.last?.count == stored.count else { throw RepeatedSubmission() }
      try group.transaction.outbox.add(stored.map { FollowSubmission(submission: $0.id) })
      var receipts = [FormReceipt?](repeating: nil, count: writers.count)
      for (place, contact, id) in stored {
        receipts[place] = writers[place].receipt(id, of: contact, visitors.found[place])
      }
      return receipts
    }
  }

  /// The visitors behind submissions by position, and the statement that writes their devices.
  private func visitors(
    of stored: [(place: Int, contact: Int64, id: Int64)], _ writers: [SubmissionWriter],
    in transaction: Transaction
  ) async throws -> (found: [Int: FormVisitor], statement: SQL?) {
    let tracked = stored.filter { writers[$0.place].isTracked }
    guard !tracked.isEmpty else { return ([:], nil) }
    let (devices, statement) = try await visitors.introduce(
      tracked.map { ($0.contact, writers[$0.place].request.visit) }, now: transaction.now)
    var found: [Int: FormVisitor] = [:]
    for (item, device) in zip(tracked, devices) {
      if let device { found[item.place] = FormVisitor(contact: item.contact, trackingID: device) }
    }
    return (found, statement)
  }
}
