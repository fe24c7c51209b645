import Fields
import Foundation
import Postgres
import Primitives

/// Checks the values of a segment.
struct SegmentCheck: Sendable {
  /// The inputs that are read before the transaction.
  struct Tools: Sendable {
    var registry: FilterRegistry
    var fields: FieldSet
    var options: SegmentOptions
    var now: Date
    /// The database's objections to regular expressions in the filters.
    var patternProblems: [FilterProblem] = []
  }

  let tools: Tools
  let catalog: SegmentCatalog
  /// The segment being changed; nil for a new one.
  let segment: Int64?
  /// The actor who asks.
  let actor: SegmentActor

  init(_ tools: Tools, _ catalog: SegmentCatalog, segment: Int64?, by actor: SegmentActor) {
    self.tools = tools
    self.catalog = catalog
    self.segment = segment
    self.actor = actor
  }

  /// Returns a name without markup.
  func text(_ member: String, _ text: String, _ problems: inout [SegmentProblem]) -> String {
    let clean = CleanText.plain(text)
    if clean.unicodeScalars.count > 191 {
      problems.append(
        SegmentProblem(member: member, message: "At most 191 characters are allowed."))
    }
    return clean
  }

  /// Returns the alias: a given one must be free; a derived one is made unique (SEG-01, segments.md 11).
  func alias(
    _ given: String, name: String, _ problems: inout [SegmentProblem],
    on connection: PostgresConnection
  ) async throws -> String {
    let cleaned = SegmentAlias.cleaned(CleanText.plain(given))
    let wanted = cleaned.isEmpty ? SegmentAlias.derived(from: name) : cleaned
    let start = String(String.UnicodeScalarView(wanted.unicodeScalars.prefix(100)))
    let taken = try await SegmentStore.aliases(
      startingWith: start, except: segment, on: connection)
    if cleaned.isEmpty {
      var number = 0
      while taken.contains(SegmentAlias.numbered(wanted, number)) { number += 1 }
      return SegmentAlias.numbered(wanted, number)
    }
    if taken.contains(wanted) {
      problems.append(SegmentProblem(member: "alias", message: "This alias is already in use."))
    }
    return wanted
  }

  /// Returns filters in canonical form. Stored filters are not checked again: a segment whose field was
  /// deleted can still be read and sent back unchanged.
  func filters(
    _ json: JSONValue, old: JSONValue?, _ problems: inout [SegmentProblem]
  ) -> JSONValue {
    do throws(FilterProblems) {
      let filters = try SegmentFilters(json: json)
      if filters.json != old { problems += faults(of: filters) }
      return filters.json
    } catch {
      problems += error.problems.map(SegmentProblem.init)
      return json
    }
  }

  /// Returns the problems of filters, by filter and member (segments.md 11).
  private func faults(of filters: SegmentFilters) -> [SegmentProblem] {
    let old = segment.flatMap { catalog[$0]?.filters } ?? .none
    var problems = compiler.check(filters, of: segment, replacing: old, names: catalog.names)
    problems += tools.patternProblems
    for (index, filter) in filters.filters.enumerated() {
      // Old filters may reference a segment that was unpublished by other means (SEG-87), or that only
      // their author may use.
      for id in filter.references where !old.references.contains(id) {
        guard let entry = catalog[id] else { continue }
        let problem =
          !actor.mayUse(entry)
          ? "the segment \(id) is another user's"
          : !entry.isPublished ? "the segment “\(entry.name)” is not published" : nil
        guard let problem else { continue }
        problems.append(FilterProblem(problem, index: index, member: "filter"))
      }
    }
    return problems.map(SegmentProblem.init)
  }

  /// A compiler of filters that may reference any existing segment.
  var compiler: SegmentCompiler {
    SegmentCompiler(
      registry: tools.registry, fields: tools.fields, timeZone: tools.options.timeZone,
      now: tools.now,
      segments: catalog.filters)
  }
}

extension SegmentProblem {
  init(_ problem: FilterProblem) {
    self.init(member: problem.key, message: problem.message)
  }
}
