import Fields
import Mail
import Postgres
package import Segments

extension FilterRegistry {
  /// Adds the filters on page hits (segments.md 6).
  package mutating func addTracking() {
    let hits: SQL = "page_hits r WHERE r.contact_id = c.id"
    let texts = FilterKind.equality.union(FilterKind.patterns)
    let counts = FilterKind.order.union([.equal])
    func text(_ name: String, _ label: String, _ column: SQL) -> FilterField {
      FilterField(
        name, object: .behaviors, .text, operators: texts, topics: [.hits],
        source: .related(hits, value: column, .text)
      ).titled("Page hit: \(label)", in: .web)
    }
    add([
      text("hit_url", "URL", "r.url"), text("referer", "referrer", "r.referrer"),
      text("url_title", "title", "r.title"), text("source", "source", "r.source"),
      FilterField(
        "hit_url_date", object: .behaviors, .datetime,
        operators: FilterKind.equality.union(FilterKind.order), topics: [.hits],
        source: .related(hits, value: "r.at", .instant)
      ).titled("Date of a page hit", in: .web),
      FilterField(
        "hit_url_count", object: .behaviors, .number, operators: counts, topics: [.hits],
        source: .value(
          "(SELECT count(*)::integer FROM \(sql: hits))", .integer, isNeverNull: true)
      ).titled("Number of page hits", in: .web),
      FilterField(
        "sessions", object: .behaviors, .number, operators: counts, topics: [.hits],
        source: .value(sessions, .integer, isNeverNull: true)
      ).titled("Number of visits", in: .web),
      FilterField(
        "source_id", object: .behaviors, .number, topics: [.hits],
        source: .related(hits, value: "r.source_id::double precision", .double)
      ).titled("Page hit: id of the source", in: .web),
      FilterField(
        "page_id", object: .behaviors, .boolean, topics: [.hits],
        source: .existence("\(sql: hits) AND r.page_id IS NOT NULL")
      ).titled("Visited any landing page", in: .web),
      FilterField(
        "redirect_id", object: .behaviors, .boolean, topics: [.hits, .emailClicked],
        source: .existence(
          "link_hits r WHERE r.contact_id = c.id AND r.machine_reason IS NULL")
      ).titled("Clicked any tracked link", in: .web),
    ])
  }

  /// The number of visits: hits without an earlier one in the half hour before (SEG-64).
  private var sessions: SQL {
    """
    (SELECT count(*)::integer FROM page_hits r WHERE r.contact_id = c.id AND r.redirect_id IS NULL
      AND NOT EXISTS (SELECT FROM page_hits b WHERE b.contact_id = c.id AND b.redirect_id IS NULL
        AND b.at BETWEEN r.at - interval '30 minutes' AND r.at AND (b.at, b.id) < (r.at, r.id)))
    """
  }
}
