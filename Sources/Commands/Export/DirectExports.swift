import Contacts
import Exports
import Foundation
import Processes
import Segments

/// Requests exports from the database.
struct DirectExports: ExportDesk {
  private let service: ExportService
  private let tool: Tool

  init(_ tool: Tool) {
    self.tool = tool
    service = tool.backends.exportService
  }

  func ask(_ wish: ExportWish) async throws -> ExportSummary {
    if let alias = wish.segment {
      let segments = SegmentStore(pool: tool.backends.postgres)
      guard try await segments.segment(alias: alias) != nil else {
        throw CommandFailure("there is no segment \(alias)")
      }
    }
    let selection = ContactSelection(search: wish.query)
    let options = ExportOptions(
      format: wish.format, selection: selection, columns: wish.columns, raw: wish.raw,
      byteOrderMark: wish.byteOrderMark, delimiter: wish.delimiter, gzip: wish.gzip,
      query: .object(wish.query.map { ["search": .string($0)] } ?? [:]))
    let export = try await service.create(options, by: .system)
    return ExportSummary(export, now: service.now)
  }

  func summary(_ id: Int64) async throws -> ExportSummary {
    ExportSummary(try await service.store.get(id), now: service.now)
  }

  func fetch(_ export: ExportSummary, into file: FileHandle) async throws {
    let stored = try await service.file(export.id, for: .system)
    var bar = ProgressBar()
    defer { bar.end() }
    var done = 0
    try await stored.read(0..<stored.size) { piece in
      try file.write(contentsOf: piece)
      done += piece.count
      bar.show(done: done >> 20, total: Int(stored.size >> 20), "MiB fetched")
    }
  }
}
