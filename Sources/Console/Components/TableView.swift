import API

/// A column of a list. The first names the row.
struct Column: Sendable {
  /// How its cells stand.
  enum Kind: String, Sendable {
    case plain = ""
    /// A number, at the right.
    case number = "num"
    /// Shown only where there is room.
    case wide
    /// A number, shown only where there is room.
    case wideNumber = "num wide"
    /// On one line.
    case line = "nowrap"
    /// Buttons of the row.
    case tools
  }

  /// In the reader's language.
  var heading: String
  /// What the API orders by, such as `dateAdded`; nil where it does not.
  var order: String?
  var kind: Kind
  /// The content of a cell.
  var cell: @Sendable (JSONValue, PageRequest) -> HTML

  init(
    _ heading: String, order: String? = nil, _ kind: Kind = .plain,
    _ cell: @escaping @Sendable (JSONValue, PageRequest) -> HTML
  ) {
    self.heading = heading
    self.order = order
    self.kind = kind
    self.cell = cell
  }
}

/// A list as a table, whose headings order it and whose rows can be selected.
struct TableView: Sendable {
  let page: PageRequest
  var columns: [Column]
  var rows: [JSONValue]
  /// What is read aloud before the table.
  var caption: String
  /// Whether rows have boxes to select them, in a form around the table.
  var isSelectable = false

  private static let template = Template(
    #"""
    <div class="table-wrap"><table class="table"><caption class="sr">{{caption}}</caption>
    <thead><tr>{{#isSelectable}}<th class="check"><input type="checkbox" data-select-all aria-label="[[Select all on this page]]"></th>{{/isSelectable}}{{#headings}}<th scope="col"{{#class}} class="{{class}}"{{/class}}{{#direction}} aria-sort="{{direction}}"{{/direction}}>{{#href}}<a class="sort" href="{{href}}">{{text}}</a>{{/href}}{{^href}}{{text}}{{/href}}</th>{{/headings}}</tr></thead>
    <tbody>{{#rows}}<tr>{{#id}}<td class="check"><input type="checkbox" name="ids[]" value="{{id}}" aria-label="[[Select row {{id}}]]"></td>{{/id}}{{#cells}}{{#isFirst}}<th scope="row">{{{cellHTML}}}</th>{{/isFirst}}{{^isFirst}}<td{{#class}} class="{{class}}"{{/class}}{{#heading}} data-label="{{heading}}"{{/heading}}>{{{cellHTML}}}</td>{{/isFirst}}{{/cells}}</tr>
    {{/rows}}</tbody></table></div>
    """#)

  func callAsFunction() -> HTML {
    Self.template(
      [
        "caption": caption, "isSelectable": isSelectable, "headings": columns.map(heading),
        "rows": rows.map { row -> [String: Any] in
          [
            "id": isSelectable ? row["id"]?.text ?? "" : "",
            "cells": columns.enumerated().map { place, column -> [String: Any] in
              [
                "heading": column.heading, "class": column.kind.rawValue, "isFirst": place == 0,
                "cellHTML": column.cell(row, page),
              ]
            },
          ]
        },
      ], page.texts)
  }

  private func heading(_ column: Column) -> [String: Any] {
    var shown: [String: Any] = [
      "text": column.heading, "class": column.kind.rawValue, "href": "", "direction": "",
    ]
    guard let order = column.order else { return shown }
    let isCurrent = page.query("orderBy") == order
    let isUp = page.query("orderByDir")?.uppercased() != "DESC"
    shown["href"] = page.address(
      with: ["orderBy": order, "orderByDir": isCurrent && isUp ? "DESC" : "ASC", "start": nil])
    if isCurrent { shown["direction"] = isUp ? "ascending" : "descending" }
    return shown
  }
}
