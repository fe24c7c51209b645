import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Users

/// Finds the companies, stages, tags and addresses that rows name, and creates missing ones.
///
/// This happens before the rows are applied and outside of their transaction, in short statements
/// that may be repeated, so that no part of an import waits for another that names the same record.
/// The plan has already done this for the whole file in row order; only records deleted since then
/// are created here.
struct NameResolver: Sendable {
  private let transactions: TransactionRunner
  private let author: Author
  private let started: Date
  private let companyDefaults: [(field: Field, canonical: String)]

  init(transactions: TransactionRunner, run: ImportRun) {
    self.transactions = transactions
    author = Author(id: run.actor.id, name: run.actor.name)
    started = run.started
    companyDefaults = run.companyDefaults
  }

  func resolve(_ names: RowNames, defaultTags: [String]) async throws -> ResolvedNames {
    var resolved = ResolvedNames()
    resolved.companies = try await companies(names.companies)
    resolved.stages = try await stages(names.stages)
    let cells = names.tags.texts.map(TagChange.parse(cell:))
    let defaults = defaultTags.compactMap(TagChange.init(text:))
    let ids = try await tags(cells.flatMap { $0 } + defaults)
    func known(_ changes: [TagChange]) -> [(tag: Int64, adds: Bool)] {
      changes.compactMap { change in ids[IdentityKey.of(change.name)].map { ($0, change.adds) } }
    }
    resolved.tags = cells.map(known)
    resolved.defaultTags = known(defaults)
    resolved.addresses = try await addresses(names.addresses.texts)
    return resolved
  }

  /// Returns the company of each name: the one added last if several have it (CON-36, 63).
  private func companies(_ names: NameTable) async throws -> [(id: Int64, name: String)] {
    // In file order, so that ids and spelling are deterministic.
    let found = try await CompanyNameStore(transactions: transactions).ensure(
      names.names, by: author, now: started, defaults: companyDefaults)
    return try names.keyTexts.map { key in
      guard let company = found[key] else { throw NameVanished() }
      return company
    }
  }

  private func stages(_ names: NameTable) async throws -> [Int64] {
    let found = try await StageStore(transactions: transactions).ensure(
      names.names, by: author, now: started)
    return names.keyTexts.compactMap { found[$0] }
  }

  /// Returns the ids of the tags by key; a tag that is only removed is not created (CON-42).
  private func tags(_ changes: [TagChange]) async throws -> [String: Int64] {
    let added = changes.filter(\.adds).map(\.name)
    var ids = try await TagStore(transactions: transactions).ensure(added, now: started)
    let others = Set(changes.map(\.name).filter { ids[IdentityKey.of($0)] == nil }).sorted()
    if !others.isEmpty {
      let found = try await transactions.postgres.withConnection {
        try await TagStore.find(others, on: $0)
      }
      ids.merge(found) { known, _ in known }
    }
    return ids
  }

  private func addresses(_ cells: [String]) async throws -> [[Int64]] {
    let lists = cells.map { AddressList.parse($0).compactMap { $0 } }
    let all = Set(lists.flatMap { $0 }).sorted()
    guard !all.isEmpty else { return lists.map { _ in [] } }
    let ids = try await transactions.transaction(at: started) { transaction in
      try await IPAddresses.ensure(all, in: transaction)
    }
    return lists.map { list in list.compactMap { ids[$0] } }
  }
}

/// A name was deleted between its creation and its lookup; another attempt creates it again.
struct NameVanished: Error {}
