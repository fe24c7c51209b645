import Processes

await MartletProcess.main(.api)
