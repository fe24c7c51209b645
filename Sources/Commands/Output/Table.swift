/// Rows under headings, columns as wide as their widest cell.
struct Table {
  /// A column's heading, and whether its cells are figures, which are aligned to the right.
  struct Column {
    let heading: String
    let isFigure: Bool

    static func text(_ heading: String) -> Column { Column(heading: heading, isFigure: false) }
    static func figure(_ heading: String) -> Column { Column(heading: heading, isFigure: true) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: Column...) { self.columns = columns }

  /// Adds a row of as many cells as there are columns.
  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The lines, without blanks at their ends.
  var lines: [String] {
    let all = [columns.map(\.heading)] + rows
    let widths = columns.indices.map { column in
      all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { cells in
      var line = ""
      for (index, cell) in cells.enumerated() where index < columns.count {
        let blanks = String(repeating: " ", count: widths[index] - cell.count)
        if index > 0 { line += "  " }
        line += columns[index].isFigure ? blanks + cell : cell + blanks
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Prints it; a listing without rows says so in words.
  func print(whenEmpty text: String) {
    guard !rows.isEmpty else { return Console.line(text) }
    for line in lines { Console.line(line) }
  }
}
