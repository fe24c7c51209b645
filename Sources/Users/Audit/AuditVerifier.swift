package import Postgres

/// Recomputes the chain of the audit log, a few blocks at a time.
package struct AuditVerifier: Sendable {
  private let signers: AuditSigners

  /// - Parameter signers: Whose signatures count.
  package init(signers: AuditSigners) { self.signers = signers }

  /// Compares the whole log with its seals, as they are at one moment, up to the first thing that does not fit.
  ///
  /// - Parameters:
  ///   - expected: A hash that must be in the chain, as an earlier report named it; nil for none.
  ///   - pool: The database.
  /// - Throws: `PostgresError`; ``MissingDigest``.
  package func verify(
    expecting expected: String? = nil, on pool: PostgresPool
  ) async throws -> AuditReport {
    let expected = expected?.lowercased()
    return try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      var check = AuditCheck(signers: signers, expected: expected)
      try check.begin(try await AuditCheckStore.anchor(on: connection))
      try await connection.batches(of: AuditCheckStore.seals, size: 8) { rows in
        for row in rows where check.report.fault == nil {
          let stored = try AuditCheckStore.stored(row)
          let hashes = try await AuditCheckStore.hashes(of: stored.seal.entries, on: connection)
          try check.take(stored, hashes)
        }
      }
      if check.report.fault == nil {
        let counts = try await AuditCheckStore.counts(on: connection)
        check.report.unsealed = counts.unsealed
        check.report.oldestUnsealed = counts.oldest
        if counts.all > check.report.entries + counts.unsealed {
          let id = try await AuditCheckStore.firstOutside(on: connection)
          check.fail("an entry was put into the log past its triggers", entry: id)
        }
      }
      return check.report
    }
  }
}

/// A verification under way.
private struct AuditCheck {
  let signers: AuditSigners
  let expected: String?
  var report = AuditReport()
  private var last = AuditLink.beginning

  init(signers: AuditSigners, expected: String?) {
    self.signers = signers
    self.expected = expected
    if expected != nil { report.hasExpected = false }
  }

  mutating func fail(_ text: String, block: Int64? = nil, entry: Int64? = nil) {
    report.fault = AuditReport.Fault(block: block, entry: entry, text: text)
  }

  /// Takes the place at which the chain begins.
  mutating func begin(_ anchor: (link: AuditLink, signature: String)?) throws {
    guard let anchor else { return }
    let (link, signature) = anchor
    guard
      signers.isSignature(signature, { $0.sign(anchor: link.hash, block: link.block) })
    else {
      return fail("the note of what retention has dropped is not signed by us", block: link.block)
    }
    report.dropped = link.block
    reach(link)
    report.head = AuditReport.Head(block: link.block, hash: link.hash, sealed: nil)
  }

  /// Takes the next block.
  ///
  /// - Parameter hashes: The hashes of its entries as they are in the log.
  mutating func take(_ stored: AuditCheckStore.Stored, _ hashes: [UInt8]) throws(MissingDigest) {
    let seal = stored.seal
    guard seal.block == last.block + 1 else {
      return fail(
        "blocks are missing: after block \(last.block) comes block \(seal.block)",
        block: last.block + 1)
    }
    guard seal.previous == last.hash else {
      return fail("the block does not follow block \(last.block)", block: seal.block)
    }
    guard seal.entries.count * AuditSeal.hashLength == seal.hashes.count,
      try seal.hash() == stored.hash
    else { return fail("the seal was changed", block: seal.block) }
    guard signers.isSignature(stored.signature, { $0.sign(stored.hash) }) else {
      return fail("the seal is not signed with the secret of this installation", block: seal.block)
    }
    if let place = Self.firstDifference(seal.hashes, hashes) {
      let present = hashes.dropFirst(place * AuditSeal.hashLength).prefix(AuditSeal.hashLength)
      return fail(
        present.allSatisfy { $0 == 0 } ? "the entry was deleted" : "the entry was changed",
        block: seal.block, entry: seal.entries.dropFirst(place).first)
    }
    report.blocks += 1
    report.entries += Int64(seal.entries.count)
    reach(AuditLink(block: seal.block, hash: stored.hash))
    report.head = AuditReport.Head(block: seal.block, hash: stored.hash, sealed: seal.sealed)
  }

  private mutating func reach(_ link: AuditLink) {
    last = link
    if link.hash == expected { report.hasExpected = true }
  }

  /// The place of the first entry whose hashes differ.
  private static func firstDifference(_ first: [UInt8], _ second: [UInt8]) -> Int? {
    guard first != second else { return nil }
    let place = zip(first, second).enumerated().first { $1.0 != $1.1 }?.offset
    return (place ?? min(first.count, second.count)) / AuditSeal.hashLength
  }
}
