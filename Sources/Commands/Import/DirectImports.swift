import Fields
import Imports
import Processes
import Segments
import Users

/// Hands a file to the imports of the database.
struct DirectImports: ImportDesk {
  private let service: ImportService
  private let tool: Tool

  init(_ tool: Tool) {
    self.tool = tool
    let backends = tool.backends
    service = ImportService(
      jobs: backends.jobs, fields: FieldStore(pool: backends.postgres),
      settings: { try await backends.importSettings() },
      logger: tool.backends.logger)
  }

  func submit(_ source: FileSource, _ options: ImportOptions) async throws -> ImportSummary {
    var bar = ProgressBar()
    defer { bar.end() }
    let item = try await service.upload(options, by: ImportActor()) {
      let piece = try source.next()
      bar.show(done: source.position >> 20, total: source.size.map { $0 >> 20 }, "MiB sent")
      return piece
    }
    return ImportSummary(item, now: tool.backends.clock.now)
  }

  func summary(_ id: Int64) async throws -> ImportSummary {
    ImportSummary(try await service.store.get(id), now: tool.backends.clock.now)
  }

  func failures(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [FailedRow]) {
    let found = try await service.failures(id, limit: limit)
    return (found.total, found.rows.map { FailedRow(line: $0.line, error: $0.error) })
  }

  func warnings(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [WarnedRow]) {
    let found = try await service.warnings(id, limit: limit)
    return (found.total, found.rows.map { WarnedRow(line: $0.line, warning: $0.text) })
  }

  func undo(_ id: Int64) async throws { _ = try await service.undo(id, by: ImportActor()) }

  func undoing(_ id: Int64) async throws -> UndoneImport? {
    try await service.store.get(id).undo.map {
      UndoneImport(
        id: id, removed: $0.removedCount, kept: $0.keptCount, ended: $0.dateEnded != nil)
    }
  }

  func user(_ name: String?) async throws -> Int64? {
    guard let name else { return nil }
    let users = UserStore(pool: tool.backends.postgres, hasher: PasswordHasher())
    guard let user = try await users.find(name) else {
      throw CommandFailure("there is no user \(name)")
    }
    return user.id
  }

  func segment(_ alias: String?) async throws -> Int64? {
    guard let alias else { return nil }
    let segments = SegmentStore(pool: tool.backends.postgres)
    if let segment = try await segments.segment(alias: alias) { return segment.id }
    let known = try await segments.list().map(\.alias).joined(separator: ", ")
    throw CommandFailure(
      "there is no segment \(alias)" + (known.isEmpty ? "" : "; there are \(known)"))
  }
}
