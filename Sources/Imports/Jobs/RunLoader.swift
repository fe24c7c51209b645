import Fields
import Foundation
import Postgres
import Synchronization

/// Loads what all parts of an import share, and caches it for further parts.
final class RunLoader: Sendable {
  private struct Key: Hashable {
    let importID: Int64
    let run: Int
  }

  private let pool: PostgresPool
  private let fields: FieldStore
  private let cache = Mutex<[Key: ImportRun]>([:])

  init(pool: PostgresPool, fields: FieldStore) {
    self.pool = pool
    self.fields = fields
  }

  /// Returns the run of a planned import. Fields and users are those at the time of the first part
  /// on this worker.
  func run(_ item: Import, _ settings: ImportSettings) async throws -> ImportRun {
    let key = Key(importID: item.id, run: item.runNumber)
    if let run = cache.withLock({ $0[key] }) { return run }
    let run = try await make(item, settings)
    cache.withLock {
      // Few imports are in progress at once; old ones are dropped together.
      if $0.count >= 16 { $0.removeAll() }
      $0[key] = run
    }
    return run
  }

  func make(_ item: Import, _ settings: ImportSettings) async throws -> ImportRun {
    let set = try await fields.current()
    let all = ImportFields(contacts: set.contact, companies: set.company)
    let mapping = try Mapping.resolve(
      item.fields, headers: item.headers, catalog: all.catalog(item.object),
      allowDuplicates: item.allowDuplicates)
    let started = item.dateStarted ?? item.dateAdded
    let text = InstantText.of(started)
    let layout = LayoutBuilder(
      mapping: mapping, contactFields: all.contacts, companyFields: all.companies,
      defaults: item.defaults, started: text,
      timeZone: item.timeZone.flatMap { TimeZone(identifier: $0) } ?? settings.timeZone,
      style: item.parser.style, tagSeparator: item.parser.tagSeparator
    ).make(item.object)
    return ImportRun(
      importID: item.id, object: item.object, originalFile: item.originalFile,
      baseID: item.baseID ?? 1, lineCount: item.lineCount, columnCount: item.headers.count,
      layout: layout,
      rule: IdentityRule(
        combine: settings.matchesAnyIdentifier ? .or : .and,
        skipIfExists: item.defaults.skipIfExists),
      defaults: item.defaults, users: try await ImportStore(pool: pool).users(),
      companyDefaults: set.defaults(.company),
      actor: ImportActor(
        id: item.createdBy, name: item.createdByUser, ownerLimit: item.ownerLimit),
      started: started,
      startedText: text, startedMicroseconds: InstantText.microseconds(started))
  }
}
