"""A web service that reads an uploaded picture: FastAPI, python-multipart and uvicorn.

pip install fastapi python-multipart uvicorn
uvicorn fastapi_upload:app
curl -F picture=@photo.jpg http://127.0.0.1:8000/read
"""

from typing import Any

from fastapi import FastAPI, HTTPException, UploadFile

import digitreader

app = FastAPI()
reader = digitreader.Reader()


@app.post("/read")
def read(picture: UploadFile) -> dict[str, Any]:
    """The picture's digits, as `digitreader read --format jsonl` prints them.

    FastAPI calls a plain `def` in a thread of its own; they all share the reader.
    """
    try:
        page = reader.read(picture.file)
    except digitreader.DigitReaderError as error:
        raise HTTPException(status_code=422, detail=str(error)) from error
    return {**page.to_dict(), "source": picture.filename}
