extension APIRequest {
  /// Whether a list is to come as a file: by `format=csv`, or by what the client accepts.
  var wantsCSV: Bool {
    if let format = query["format"]?.text { return format.lowercased() == "csv" }
    let accept = headers[.accept] ?? ""
    return accept.contains("text/csv") && !accept.contains("application/json")
  }
}
