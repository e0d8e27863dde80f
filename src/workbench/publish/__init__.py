"""From an executed notebook to what is sent: pages (`html`) and the list of them (`site`)."""
