import Fields
import Foundation
import Postgres
import Primitives
import Segments

/// Content of an e-mail that depends on the contact: the first variant whose filters the contact matches, else
/// the default (api.md 8.12).
struct DynamicContent: Sendable {
  struct Variant: Sendable {
    var content: String
    var filters: JSONValue
  }

  var name: String
  var content: String
  var variants: [Variant]

  /// The texts of the default and of all variants.
  var texts: [String] { [content] + variants.map(\.content) }

  /// Reads stored content, leaving out what cannot be read.
  static func read(_ stored: JSON) -> [DynamicContent] {
    let value: JSONValue
    do {
      value = try stored.decode(JSONValue.self)
    } catch {
      return []
    }
    guard case .array(let entries) = value else { return [] }
    return entries.compactMap { entry in
      guard let name = entry["tokenName"]?.text, !name.isEmpty else { return nil }
      var variants: [Variant] = []
      if case .array(let filters)? = entry["filters"] {
        for filter in filters.prefix(50) {
          guard let conditions = filter["filters"], conditions != .array([]) else { continue }
          variants.append(
            Variant(content: filter["content"]?.text ?? "", filters: conditions))
        }
      }
      return DynamicContent(
        name: name, content: entry["content"]?.text ?? "", variants: variants)
    }
  }
}

/// Picks content for many contacts: one query for each variant (email.md 19).
struct DynamicContentChooser {
  let registry: FilterRegistry
  let fields: FieldSet
  let timeZone: TimeZone
  let now: Date

  /// Returns the content of each name for each contact; unused names are left out.
  func choose(
    _ contents: [DynamicContent], names: [String], contacts: [Int64], on pool: PostgresPool
  ) async throws -> [Int64: [String: String]] {
    var chosen: [Int64: [String: String]] = [:]
    for content in contents where names.contains(content.name) {
      var open = Set(contacts)
      for variant in content.variants where !open.isEmpty {
        guard let condition = try await condition(variant, on: pool) else { continue }
        // No others are asked: data that make the condition fail must not fail for anybody else's message.
        let rows = try await pool.query(
          """
          WITH c AS MATERIALIZED (SELECT * FROM contacts WHERE id = ANY (\(open.sorted())))
          SELECT c.id FROM c WHERE \(sql: condition)
          """)
        for row in rows {
          let id: Int64 = try row.decode(at: 0)
          open.remove(id)
          chosen[id, default: [:]][content.name] = variant.content
        }
      }
      for id in open { chosen[id, default: [:]][content.name] = content.content }
    }
    return chosen
  }

  /// Returns the condition of a variant; nil if its filters cannot be understood, so that no contact matches.
  private func condition(
    _ variant: DynamicContent.Variant, on pool: PostgresPool
  ) async throws -> SQL? {
    do {
      let filters = try SegmentFilters(json: variant.filters)
      guard !filters.isEmpty else { return nil }
      let rows = try await pool.query(
        "SELECT id FROM segments WHERE id = ANY (\(filters.references.sorted()))")
      // Members are taken as they are stored, so a segment's own filters do not matter here.
      var segments: [Int64: SegmentFilters] = [:]
      for row in rows { segments[try row.decode(at: 0)] = SegmentFilters.none }
      return try SegmentCompiler(
        registry: registry, fields: fields, timeZone: timeZone, now: now, segments: segments
      ).compile(filters, references: .stored).condition
    } catch let error as PostgresError {
      throw error
    } catch {
      return nil
    }
  }
}
