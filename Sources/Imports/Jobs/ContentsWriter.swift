import Contacts
import JobQueue
import Postgres

/// Writes the rows of a part to the database: normally all at once; if the database rejects them
/// together, in ever smaller ranges, until a row that cannot be imported fails alone.
struct ContentsWriter: Sendable {
  let run: ImportRun
  let contents: PartContents
  let names: ResolvedNames
  let companyNames: ResolvedNames

  struct Outcome: Sendable {
    var inserted = 0
    var updated = 0
    var failed: [FailedRow] = []
  }

  /// The maximum number of attempts for a single row that loses races with other writers.
  private static let attempts = 4

  /// Looks up the names that the rows mention.
  init(run: ImportRun, contents: PartContents, transactions: TransactionRunner) async throws {
    var contents = contents
    let resolver = NameResolver(transactions: transactions, run: run)
    names = try await resolver.resolve(
      contents.reader.names, defaultTags: run.object == .contact ? run.defaults.tags : [])
    companyNames =
      run.layout.company.isEmpty
      ? ResolvedNames()
      : try await resolver.resolve(contents.reader.companyReader.names, defaultTags: [])
    contents.reader.show(names)
    self.run = run
    self.contents = contents
  }

  /// - Parameter carefully: Whether to start with small ranges, because writing all rows at once
  ///   has failed before.
  func write(in transaction: Transaction, carefully: Bool) async throws -> Outcome {
    var outcome = Outcome()
    // Before any other lock. Transactions that have associated contacts with these companies finish
    // first, so that those contacts are marked as well.
    if run.layout.writesCompanies { try await NamesInUse.change(on: transaction.connection) }
    // Names renamed or deleted since the lookup are looked up again by another attempt.
    guard try await names.hold(with: companyNames, on: transaction.connection) else {
      throw NameVanished()
    }
    if run.layout.needsOrder {
      // The record that a row matches can depend on rows of other imports, so one at a time.
      try await ContactIdentity.lockAll(on: transaction.connection)
    }
    let rows = 0..<contents.reader.block.count
    // Rows that name their contact by its id may be refused.
    if carefully || run.layout.mapsID {
      try await write(rows, in: transaction, into: &outcome)
    } else {
      try await apply(rows, in: transaction, into: &outcome)
    }
    return outcome
  }

  /// Returns whether an error means that rows do not fit the table, so that smaller ranges can
  /// help.
  static func concernsRows(_ error: any Error) -> Bool {
    guard let state = (error as? PostgresError)?.sqlState?.rawValue else { return false }
    return state.hasPrefix("22") || state.hasPrefix("23") || state == "54000"
  }

  private func write(
    _ rows: Range<Int>, in transaction: Transaction, into outcome: inout Outcome,
    attempt: Int = 1
  ) async throws {
    guard !rows.isEmpty else { return }
    do {
      outcome = try await transaction.savepoint { transaction in
        var next = outcome
        try await apply(rows, in: transaction, into: &next)
        return next
      }
    } catch let refused as RowsRefused {
      var start = rows.lowerBound
      for (row, reason) in refused.rows {
        try await write(start..<row, in: transaction, into: &outcome)
        outcome.failed.append(contents.failure(of: row, reason))
        start = row + 1
      }
      try await write(start..<rows.upperBound, in: transaction, into: &outcome)
    } catch  where Self.concernsRows(error) {
      guard rows.count > 1 else {
        // Another transaction has just created what this row creates: the next lookup finds it.
        if (error as? PostgresError)?.sqlState == .uniqueViolation, attempt < Self.attempts {
          return try await write(rows, in: transaction, into: &outcome, attempt: attempt + 1)
        }
        let reason = (error as? PostgresError)?.message ?? "\(error)"
        outcome.failed.append(contents.failure(of: rows.lowerBound, reason))
        return
      }
      let middle = rows.lowerBound + rows.count / 2
      try await write(rows.lowerBound..<middle, in: transaction, into: &outcome)
      try await write(middle..<rows.upperBound, in: transaction, into: &outcome)
    }
  }

  private func apply(
    _ rows: Range<Int>, in transaction: Transaction, into outcome: inout Outcome
  ) async throws {
    var names = names
    var block = contents.reader.block
    if let layout = run.layout.company.first {
      names.companies = try await applyCompanies(rows, layout, in: transaction)
      block.showCompanies(names, run.layout)
    }
    let result = try await BlockWriter(run: run, layout: run.layout, block: block, names: names)
      .apply(rows, in: transaction)
    outcome.inserted += result.inserted
    outcome.updated += result.updated
  }

  /// Writes the companies of contacts before the contacts; they do not depend on them (IMP-54).
  private func applyCompanies(
    _ rows: Range<Int>, _ layout: Layout, in transaction: Transaction
  ) async throws -> [(id: Int64, name: String)] {
    let block = contents.reader.companyReader.block
    var companies = [(id: Int64, name: String)](repeating: (0, ""), count: block.count)
    guard let slot = run.layout.companySlot else { return companies }
    let mentioned = rows.compactMap { row in
      let cell = contents.reader.block.cell(row, slot)
      return cell.state == .set ? Int(cell.number) : nil
    }
    // Rows and their companies are in the same order, so these form a range as well.
    guard let first = mentioned.first, let last = mentioned.last else { return companies }
    let result = try await BlockWriter(
      run: run, layout: layout, block: block, names: companyNames
    ).apply(first..<(last + 1), in: transaction)
    let byID = try await ImportStore.companyNames(Set(result.ids), on: transaction.connection)
    for (index, id) in result.ids.enumerated() { companies[first + index] = (id, byID[id] ?? "") }
    return companies
  }
}
