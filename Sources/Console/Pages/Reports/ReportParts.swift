import API

/// The lists of a report's form: columns, filters, groups, figures and order. Some empty rows are there to add to each; with
/// the report saved, there are more.
struct ReportParts: Sendable {
  let columns: [FormField.Choice]
  /// The figures of the report, which may order it.
  let figures: [JSONValue]
  let page: PageRequest

  private var texts: Texts { page.texts }

  private static let conditions: KeyValuePairs<String, String> = [
    "eq": "is", "neq": "is not", "contains": "contains", "startsWith": "begins with",
    "endsWith": "ends with", "gt": "is greater than", "gte": "is at least",
    "lt": "is less than", "lte": "is at most", "in": "is one of", "notIn": "is none of",
    "between": "is between", "notBetween": "is not between", "like": "matches the pattern",
    "notLike": "does not match the pattern", "empty": "is empty", "notEmpty": "is not empty",
  ]
  private static let functions: KeyValuePairs<String, String> = [
    "COUNT": "Count", "SUM": "Sum", "AVG": "Average", "MIN": "Least", "MAX": "Greatest",
  ]

  /// The items of a list that are there, and as many empty ones.
  private func items(_ list: JSONValue, and empty: Int) -> [JSONValue] {
    (list.elements ?? []).filter { $0.text != "" && $0["column"]?.text != "" }
      + Array(repeating: .null, count: empty)
  }

  private func options(_ choices: [FormField.Choice], _ chosen: String) -> [[String: Any]] {
    var all = choices
    if !chosen.isEmpty, !choices.contains(where: { $0.value == chosen }) {
      all.append(.init(chosen, chosen))
    }
    return all.map { ["value": $0.value, "label": $0.label, "isChosen": $0.value == chosen] }
  }

  private func options(
    _ words: KeyValuePairs<String, String>, _ chosen: String
  ) -> [[String: Any]] {
    options(words.map { .init($0.key, texts($0.value)) }, chosen)
  }

  // MARK: Lists of columns

  private static let columnRows = Template(
    #"""
    <ol class="rules report-columns">{{#rows}}<li><select class="input" name="{{name}}[{{place}}]" aria-label="{{label}} {{number}}"><option value="">–</option>{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}</select></li>{{/rows}}</ol>
    """#)

  private func columnList(
    _ list: JSONValue, _ name: String, _ label: String, and empty: Int
  ) -> HTML {
    Self.columnRows(
      [
        "rows": items(list, and: empty).enumerated().map { place, item -> [String: Any] in
          [
            "name": name, "place": String(place), "number": place + 1, "label": label,
            "options": options(columns, item.text ?? ""),
          ]
        }
      ], texts)
  }

  var columnField: FormField {
    FormField(
      "columns", texts("Columns from left to right"),
      .drawn { list in
        columnList(
          list, "columns", texts("Column"), and: (list.elements ?? []).isEmpty ? 6 : 3)
      }, hint: texts("Empty ones are left out. More come when the report is saved."), isWide: true)
  }

  var groupField: FormField {
    FormField(
      "groupBy", texts("One row for each"),
      .drawn { columnList($0, "groupBy", texts("Group"), and: 2) },
      hint: texts("Then the columns above are among these."), isWide: true)
  }

  // MARK: Filters, figures, order

  private static let ruleRows = Template(
    #"""
    <div class="rules">{{#rows}}<div class="rule report-rule" role="group" aria-label="{{label}} {{number}}">{{#selects}}<select class="input" name="{{name}}" aria-label="{{label}}">{{#isOptional}}<option value="">–</option>{{/isOptional}}{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}</select>{{/selects}}{{#hasValue}}<input class="input" name="{{valueName}}" value="{{value}}" aria-label="[[Value]]" placeholder="[[Value]]">{{/hasValue}}</div>{{/rows}}</div>
    """#)

  private func select(
    _ name: String, _ label: String, _ options: [[String: Any]], isOptional: Bool = false
  ) -> [String: Any] {
    ["name": name, "label": label, "options": options, "isOptional": isOptional]
  }

  private func filterRows(_ list: JSONValue) -> HTML {
    let rows = items(list, and: 3).enumerated().map { place, item -> [String: Any] in
      let path = "filters[\(place)]"
      return [
        "label": texts("Filter"), "number": place + 1, "hasValue": true,
        "valueName": "\(path)[value]",
        "value": item["value"]?.text ?? (item["value"]?.commaList ?? []).joined(separator: ", "),
        "selects": [
          select(
            "\(path)[glue]", texts("Joined by"),
            options(
              [.init("and", texts("and")), .init("or", texts("or"))], item["glue"]?.text ?? "and")),
          select(
            "\(path)[column]", texts("Column"), options(columns, item["column"]?.text ?? ""),
            isOptional: true),
          select(
            "\(path)[condition]", texts("Comparison"),
            options(Self.conditions, item["condition"]?.text ?? "eq")),
        ],
      ]
    }
    return Self.ruleRows(["rows": rows], texts)
  }

  private func figureRows(_ list: JSONValue) -> HTML {
    let rows = items(list, and: 2).enumerated().map { place, item -> [String: Any] in
      let path = "aggregators[\(place)]"
      return [
        "label": texts("Figure"), "number": place + 1, "hasValue": false, "value": "",
        "valueName": "",
        "selects": [
          select(
            "\(path)[function]", texts("Figure"),
            options(Self.functions, item["function"]?.text ?? "COUNT")),
          select(
            "\(path)[column]", texts("Column"), options(columns, item["column"]?.text ?? ""),
            isOptional: true),
        ],
      ]
    }
    return Self.ruleRows(["rows": rows], texts)
  }

  private func orderRows(_ list: JSONValue) -> HTML {
    let names = figures.compactMap { item -> FormField.Choice? in
      guard let column = item["column"]?.text, !column.isEmpty else { return nil }
      let name = "\(item["function"]?.text ?? "COUNT") \(column)"
      return .init(name, name)
    }
    let rows = items(list, and: 1).enumerated().map { place, item -> [String: Any] in
      let path = "tableOrder[\(place)]"
      return [
        "label": texts("Order"), "number": place + 1, "hasValue": false, "value": "",
        "valueName": "",
        "selects": [
          select(
            "\(path)[column]", texts("Column"),
            options(columns + names, item["column"]?.text ?? ""), isOptional: true),
          select(
            "\(path)[direction]", texts("Direction"),
            options(
              [.init("ASC", texts("upwards")), .init("DESC", texts("downwards"))],
              item["direction"]?.text ?? "ASC")),
        ],
      ]
    }
    return Self.ruleRows(["rows": rows], texts)
  }

  var filterField: FormField {
    FormField(
      "filters", texts("Filters"), .drawn(filterRows),
      hint: texts("“or” begins a new group. Several values are separated by commas."),
      isWide: true)
  }

  var figureField: FormField {
    FormField("aggregators", texts("Figures of each"), .drawn(figureRows), isWide: true)
  }

  var orderField: FormField {
    FormField("tableOrder", texts("Ordered by"), .drawn(orderRows), isWide: true)
  }
}
