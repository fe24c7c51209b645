import CSV
import Exports
import Hummingbird
import Reports

/// The rows of a report as a CSV file or a workbook, written as they are read. What a spreadsheet would run as a formula
/// is neutralised in the one and a text in the other.
struct ReportFile: Sendable {
  let id: Int64
  let statement: ReportStatement
  let reader: ReportReader
  let exports: ExportService
  /// CSV or Excel.
  let format: ExportFormat

  var response: APIResponse {
    let file = self
    return APIResponse(
      headers: [
        .contentType: format == .csv ? "text/csv; charset=utf-8" : format.contentType,
        .cacheControl: "no-store",
        .contentDisposition: "attachment; filename=\"report-\(id).\(format.rawValue)\"",
      ],
      body: .stream { writer in
        let heading = file.statement.columns.map(\.label)
        if file.format == .csv {
          var csv = CSVWriter(lineEnd: .crlf, neutralisesFormulas: true)
          csv.write(heading)
          try await writer.write(ByteBuffer(bytes: csv.take()))
          try await file.reader.rows(file.statement) { rows in
            for row in rows { csv.write(row.map { $0 ?? "" }) }
            try await writer.write(ByteBuffer(bytes: csv.take()))
          }
        } else {
          let workbook = try await file.exports.newWorkbook(heading, titled: "Report")
          try await file.reader.rows(file.statement) { rows in
            try workbook.add(rows.map { row in row.map { $0 ?? "" } })
          }
          try await workbook.finish { try await writer.write(ByteBuffer(bytes: $0)) }
        }
        try await writer.finish(nil)
      })
  }
}
