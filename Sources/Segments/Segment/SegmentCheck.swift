import Fields
import Foundation
import Postgres
import Primitives

/// What values of a segment are checked against.
struct SegmentCheck: Sendable {
  /// What is the same for every segment.
  struct Tools: Sendable {
    var registry: FilterRegistry
    var fields: FieldSet
    var options: SegmentOptions
    var now: Date
    /// What the database holds against regular expressions in the filters.
    var patternProblems: [FilterProblem] = []
  }

  let tools: Tools
  let catalog: SegmentCatalog
  /// The segment that is changed; nil for a new one.
  let segment: Int64?
  /// Who asks.
  let actor: SegmentActor

  init(_ tools: Tools, _ catalog: SegmentCatalog, segment: Int64?, by actor: SegmentActor) {
    self.tools = tools
    self.catalog = catalog
    self.segment = segment
    self.actor = actor
  }

  /// A name without markup.
  func text(_ member: String, _ text: String, _ problems: inout [SegmentProblem]) -> String {
    let clean = CleanText.plain(text)
    if clean.unicodeScalars.count > 191 {
      problems.append(
        SegmentProblem(member: member, message: "At most 191 characters are allowed."))
    }
    return clean
  }

  /// A given alias must be free; one derived from the name is made so (SEG-01, segments.md 11).
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

  /// Filters in canonical form. What is stored already is not looked at again: a segment whose field
  /// has gone can still be read and sent back whole.
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

  /// What is wrong with filters, by filter and member (segments.md 11).
  private func faults(of filters: SegmentFilters) -> [SegmentProblem] {
    let old = segment.flatMap { catalog[$0]?.filters } ?? .none
    var problems = compiler.check(filters, of: segment, replacing: old, names: catalog.names)
    problems += tools.patternProblems
    for (index, filter) in filters.filters.enumerated() {
      // Old filters may name a segment that was unpublished by other means (SEG-87), or that only
      // whoever wrote them may use.
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

  /// Compiles filters with what segments there are.
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
